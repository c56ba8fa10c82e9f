import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import type { AskedDetail } from '../../consents/detail.js';
import { days } from '../../consents/duration.js';
import type { Choice, Kept } from '../../consents/narrowing.js';

/** What the form of the consent page says. Whether it may say that is for the decision to check. */
export function choiceOf(
  form: Readonly<Record<string, unknown>>,
  { details, lifetimeDays }: Pick<ConsentRequest, 'details' | 'lifetimeDays'>,
  now: Date,
): Choice {
  // Only the button that allows allows: whatever else comes, nothing is given.
  if (form['decision'] !== 'approve') return { decision: 'refuse' };
  const lived = Number(form['days']);
  return {
    decision: 'approve',
    items: details.map((detail) => kept(detail, ticked(form['item']), ticked(form['touchpoint']))),
    ...(lived >= 1 && lived < lifetimeDays && { expiresAt: new Date(now.getTime() + days(lived)) }),
  };
}

function kept(detail: AskedDetail, items: readonly Ticked[], touchpoints: readonly Ticked[]): Kept {
  const codes = codesOf(detail, items);
  return {
    id: detail.id,
    ...(detail.type === 'ccx_preferences' ? { attributes: codes } : { event_types: codes }),
    touchpoints: codesOf(detail, touchpoints),
  };
}

interface Ticked {
  readonly detailId: string;
  readonly code: string;
}

/** Boxes carry `<id of the line> <code>`. */
function ticked(values: unknown): Ticked[] {
  const boxes = [values].flat().filter((value) => typeof value === 'string');
  return boxes.map((value) => {
    const [detailId = '', code = ''] = value.split(' ', 2);
    return { detailId, code };
  });
}

function codesOf({ id }: AskedDetail, boxes: readonly Ticked[]): string[] {
  return boxes.filter(({ detailId }) => detailId === id).map(({ code }) => code);
}
