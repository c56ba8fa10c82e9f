import { type Html, html } from '../../platform/http/html.js';
import { answersOf, askerOf, factsOf, itemText, markOf, purposesOf, retailersWords, titleOf } from './consent-parts.js';
import { type ConsentPage, decisionFields, partOf, struckCard } from './consent.page.js';
import { alertOf, pageOf } from './layout.js';
import { messages } from './messages.js';
import { passwordField } from './sign-in.page.js';

export interface SpecialPage extends ConsentPage {
  /** What allowing takes when the sign-in is not recent: the password again, or this instead. */
  readonly confirmation: Html | undefined;
}

/**
 * A question about what the law protects especially, by itself. Nothing is ticked: who allows it says so expressly, to
 * the statement that stands there. Refusing takes one click.
 */
export function specialPage(page: SpecialPage): string {
  const { notice, frame, retailer, values } = page;
  const { language } = frame;
  const { special: say, consent } = messages[language];
  return pageOf({
    ...frame,
    title: notice.title,
    body: html`${alertOf(page.problem)}
      <section class="card">
        <p class="step"><span class="guarded">${say.kind}</span></p>
        ${partOf(page)} ${askerOf(notice.title, retailer, language)} ${retailersWords(notice, language)}
        <p class="note">${say.why}</p>
      </section>
      ${notice.details.map(
        (detail) =>
          html`<section class="card">
            <h2>${titleOf(detail.type, retailer.name, language)}</h2>
            <ul class="items">
              ${detail.items.map(
                (item) =>
                  html`<li class="choice still">
                    <span class="sign" aria-hidden="true">?</span>
                    ${itemText(item, detail.type, values, language, item.standing === 'new' ? null : markOf(item.standing, language))}
                  </li>`,
              )}
            </ul>
            ${purposesOf(detail, language)}
            <h3>${consent.terms}</h3>
            ${factsOf([...detail.conditions, notice.life])}
          </section>`,
      )}
      ${struckCard(page)}
      <form class="card decision" method="post" action="${page.decision.address}">
        ${decisionFields(page)}
        <h2>${consent.decide}</h2>
        <div class="statement">
          <h3>${say.statement}</h3>
          <blockquote id="statement">${notice.statement?.text}</blockquote>
          <label class="choice express">
            <input
              type="checkbox"
              name="statement"
              value="${notice.statement?.hash}"
              required
              aria-describedby="statement"
            />
            <span class="said">${say.agree}</span>
          </label>
        </div>
        ${page.confirmation && passwordField(say.password, { autocomplete: 'current-password', hint: say.passwordHint })}
        ${factsOf([notice.ending, notice.refusing])} ${answersOf(say)}
        <p class="aside small">${consent.untick}</p>
      </form>
      ${page.confirmation && html`<div class="narrow">${page.confirmation}</div>`}`,
  });
}
