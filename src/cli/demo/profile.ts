import { preferencesOfAda } from '../seed/people.js';
import type { Customer, Grocer } from './cast.js';
import type { Stage } from './stage.js';

/** A customer signs up. */
export async function signUp(stage: Stage): Promise<Customer> {
  stage.chapter('Mira states once how she wants to be treated');
  stage.says('Mira signs up.');
  const credentials = { email: `mira-${stage.run}@example.org`, password: `three geese over canal ${stage.run}` };
  const registered = await stage.expect<{ session: { token: string }; recovery_codes: string[] }>(
    stage.caller('Mira'),
    201,
    { method: 'POST', path: '/v1/customers', body: { ...credentials, display_name: 'Mira' } },
  );
  stage.check('she gets recovery codes, the way back in', registered.recovery_codes.length > 0, true);
  return { ...credentials, api: stage.caller('Mira', registered.session.token) };
}

/** And says what she likes: everywhere, at grocers, and at one of them. */
export async function statePreferences(stage: Stage, mira: Customer, albatross: Grocer): Promise<void> {
  stage.says('Mira mistypes an allergen.');
  const problem = await stage.expect<{ errors: { pointer: string }[] }>(mira.api, 400, {
    method: 'POST',
    path: '/v1/me/preferences',
    body: { attribute: 'food.allergen', value: { code: 'PEANUT' }, strength: 'never' },
  });
  stage.check('the answer points at what is wrong', problem.errors[0]?.pointer, '/value/code');

  stage.says('She states an allergy, quiet hours, her shoe size, what may replace what, and more, all at once.');
  const onPaper = {
    attribute: 'receipt.delivery',
    value: { form: 'paper' },
    strength: 'must',
    applies_to: { level: 'retailer', retailer_id: albatross.id },
  };
  const items = [...preferencesOfAda, onPaper];
  const recorded = await stage.expect<{ items: unknown[] }>(mira.api, 201, {
    method: 'POST',
    path: '/v1/me/preferences/batch',
    body: { items },
  });
  stage.check(`all ${items.length} are recorded`, recorded.items.length, items.length);
}
