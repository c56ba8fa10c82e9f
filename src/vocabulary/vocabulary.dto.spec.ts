import { ccxCore110 } from './ccx-core/1.1.0.js';
import { VocabulariesDto } from './vocabulary.dto.js';

it('lists the hundred newest releases, the newest as the current one', () => {
  const releases = Array.from({ length: 150 }, (_, index) => ({ ...ccxCore110, version: `1.${150 - index}.0` }));
  const [listed] = VocabulariesDto.of(releases).items;
  expect(listed).toMatchObject({ name: 'ccx-core', version: '1.150.0' });
  expect(listed!.releases.map(({ version }) => version)).toEqual(releases.slice(0, 100).map(({ version }) => version));
});
