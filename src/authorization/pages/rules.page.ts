import type { ConsentRule } from '../../consents/rule.entity.js';
import { type Html, html } from '../../platform/http/html.js';
import { type AccountPlace, accountPage, actButton, backTo, emptyState } from './account-place.js';
import { factsOf } from './consent-parts.js';
import { alertOf } from './layout.js';
import { messages } from './messages.js';

/** A code that can be chosen, and what it is called. */
export interface Choice {
  readonly code: string;
  readonly label: string;
}

/** What a rule can be about. */
export interface RuleChoices {
  readonly sectors: readonly Choice[];
  readonly purposes: readonly Choice[];
  readonly attributes: readonly Choice[];
  readonly touchpoints: readonly Choice[];
  readonly retailers: ReadonlyMap<string, string>;
}

const DAYS = [30, 90, 180, 365];

/** The rules that decide for the customer, and what can be done about them. */
export function rulesPage(place: AccountPlace, rules: readonly ConsentRule[], choices: RuleChoices): string {
  const { rules: say } = messages[place.language];
  return accountPage(place, {
    area: 'rules',
    title: say.title,
    body: html`<div class="head">
        <h1>${say.title}</h1>
        <p class="lead">${say.lead}</p>
        <p><a class="button secondary" href="/account/rules/new">${say.make}</a></p>
      </div>
      ${
        rules.length === 0
          ? emptyState(say.none, say.noneLead)
          : html`<ul class="cards">
              ${rules.map((rule) => html`<li>${ruleCard(rule, place, choices)}</li>`)}
            </ul>`
      }`,
  });
}

/** A form for rules that say one thing. More of them can be said through the API. */
export function newRulePage(
  place: AccountPlace,
  choices: RuleChoices,
  { name = '', problem }: { name?: string; problem?: string } = {},
): string {
  const { rules: say, consent } = messages[place.language];
  return accountPage(place, {
    area: 'rules',
    title: say.make,
    body: html`${backTo(place, '/account/rules')}
      <form class="card medium" method="post" action="/account/rules">
        <h1>${say.make}</h1>
        <p class="lead">${say.makeLead}</p>
        ${alertOf(problem)}
        <input type="hidden" name="form" value="${place.formToken('make-rule')}" />
        <label class="field">
          ${say.name}
          <input type="text" name="name" value="${name}" required maxlength="80" autocomplete="off" />
        </label>
        <fieldset>
          <legend>${say.effect}</legend>
          <div class="items">
            ${effectChoice('sharing', `${say.refuse}: ${say.sharing}`, true)}
            ${effectChoice('refuse', say.refuse, false)} ${effectChoice('allow', say.allow, false)}
          </div>
        </fieldset>
        <h2>${say.what}</h2>
        ${selection('sector', say.sector, say.anySector, choices.sectors)}
        ${selection('purpose', say.purpose, say.anyPurpose, choices.purposes)}
        ${selection('attribute', say.attribute, say.anyAttribute, choices.attributes)}
        <label class="field">
          ${say.days}
          <select name="days">
            ${DAYS.map((days) => html`<option value="${days}">${consent.days(days)}</option>`)}
          </select>
        </label>
        <div class="answers">
          <a class="button secondary" href="/account/rules">${messages[place.language].account.cancel}</a>
          <button type="submit">${say.submit}</button>
        </div>
      </form>`,
  });
}

function ruleCard(rule: ConsentRule, place: AccountPlace, choices: RuleChoices): Html {
  const { rules: say } = messages[place.language];
  const { id, name, enabled } = rule;
  const act = (what: 'on' | 'off' | 'remove', label: string) =>
    actButton(place, { address: `/account/rules/${id}/${what}`, action: `rule-${what} ${id}`, label, name });
  return html`<article class="card consent">
    <div class="row">
      <h2>${name}</h2>
      <span class="status ${enabled ? 'active' : 'paused'}"
        ><span aria-hidden="true">${enabled ? '●' : '‖'}</span> ${enabled ? say.on : say.off}</span
      >
    </div>
    <p><b>${rule.effect === 'refuse' ? say.always : say.may}</b></p>
    ${factsOf(conditionsOf(rule, place, choices))}
    <div class="actions">
      ${enabled ? act('off', say.switchOff) : act('on', say.switchOn)} ${act('remove', say.remove)}
    </div>
  </article>`;
}

function conditionsOf({ when, lifetimeDays }: ConsentRule, { language }: AccountPlace, choices: RuleChoices): string[] {
  const { rules: say, consent } = messages[language];
  const listed = (title: string, codes: readonly string[] | undefined, known: readonly Choice[]) =>
    codes
      ? [`${title}: ${codes.map((code) => known.find((each) => each.code === code)?.label ?? code).join(', ')}`]
      : [];
  const about = [
    ...listed(say.sectors, when.sectors, choices.sectors),
    ...(when.retailer_ids
      ? [`${say.retailers}: ${when.retailer_ids.map((id) => choices.retailers.get(id) ?? id).join(', ')}`]
      : []),
    ...listed(say.attributes, when.attributes, choices.attributes),
    ...listed(say.purposes, when.purposes, choices.purposes),
    ...listed(say.touchpoints, when.touchpoints, choices.touchpoints),
    ...(when.third_party_sharing ? [say.sharing] : []),
  ];
  return [
    ...(about.length > 0 ? about : [say.everything]),
    ...(lifetimeDays === null ? [] : [say.forDays(consent.days(lifetimeDays))]),
  ];
}

function effectChoice(value: string, label: string, checked: boolean): Html {
  return html`<label class="choice">
    <input type="radio" name="effect" value="${value}" ${checked && html` checked`} />
    <span class="said">${label}</span>
  </label>`;
}

function selection(name: string, label: string, any: string, choices: readonly Choice[]): Html {
  return html`<label class="field">
    ${label}
    <select name="${name}">
      <option value="" selected>${any}</option>
      ${choices.map((choice) => html`<option value="${choice.code}">${choice.label}</option>`)}
    </select>
  </label>`;
}
