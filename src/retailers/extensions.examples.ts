import { extensionOf } from './extensions.js';

export const revisedExtension = {
  labels: { en: 'Gift wrap', de: 'Geschenkpapier' },
  description: {
    en: 'In which paper we wrap what you give away.',
    de: 'In welchem Papier wir einpacken, was Sie verschenken.',
  },
  value_schema: {
    type: 'object',
    properties: { paper: { type: 'string', enum: ['plain', 'festive', 'none'] } },
    required: ['paper'],
    additionalProperties: false,
  },
  merge: 'replace' as const,
  strengths: ['want' as const],
  touchpoints: ['till' as const, 'web' as const],
  default: {
    value: { paper: 'none' },
    text: { en: 'Nothing is wrapped.', de: 'Es wird nichts eingepackt.' },
  },
  example: { paper: 'festive' },
};

export const newExtension = { path: 'com.example.gift_wrap', ...revisedExtension };

export const extensionExample = {
  ...extensionOf(newExtension),
  version: 1,
  in_force_at: '2026-11-22T09:31:00.000Z',
};
