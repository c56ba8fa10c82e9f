import type { RuleId } from '../../suggestions/evidence.js';
import { rules as shipped } from '../../suggestions/rules.js';
import type { RuleMeasured } from './measured.js';
import { table } from './tables.js';

export const introduction = `CCX suggests preferences to customers who have switched that on: "You mostly take the store's own cheese", "You buy
this tea regularly". This report says how often such a sentence is still true in the months after it was made, on two
real data sets. \`npm run evaluate\` wrote it; nobody edits it by hand.

The figures come from the service itself. A service of its own is started on an empty database. Every customer of the
files registers, consents and switches suggestions on; the retailers report the first nine months through
\`POST /v1/interactions\`; an operator has the priors fitted; and each customer asks
\`GET /v1/me/suggestions/candidates\` what CCX concludes. Only what came later is read from the files directly, and by
code that shares nothing with the rules.`;

const opportunities: Partial<Record<RuleId, readonly [sentence: string, opportunity: string, support: string]>> = {
  brand_kind: [
    "In this category, the store's own brand",
    'a day with at least one line of the category whose brand is known',
    'more than half of those lines are of the store’s own brand',
  ],
  brand: [
    'In this category, this brand',
    'a day with at least one line of the category that names a brand',
    'more than half of those lines are of this brand',
  ],
  category: ['Interested in this category', 'a shopping day at the retailer', 'something of the category was bought'],
  regular_purchase: [
    'Buys this product regularly',
    'a period of four weeks after the first purchase with at least one shopping day at the retailer',
    'the product was bought again in it',
  ],
};

/** What the rules and the words of the tables mean. */
export function definitions(measured: readonly RuleMeasured[]): string {
  const rows = measured.flatMap(({ rule, name }) => {
    const words = opportunities[rule];
    const claim = shipped.find(({ id }) => id === rule)?.claim;
    return words && claim ? [[name, ...words, `≥ ${claim.threshold}`]] : [];
  });
  return `${table(['rule', 'what is suggested', 'an opportunity is', 'it supports when', 'share'], rows)}

- A **candidate** is anything that a customer did at least once, with all its opportunities.
- It is **suggested** when it was supported at least 3 times, on at least 3 days or periods, the customer's share is
  above that of the rule with a probability of 0.9, and it tells this customer from others: either fewer than half of
  all opportunities go that way, or the customer is above the share of all by 0.1 with the same probability (category
  interest: always the latter). The formula stands in \`src/suggestions/statistics.ts\`: a binomial share with a beta
  prior that is fitted from all customers of the first nine months.
- A suggestion is **judged** when there was at least one opportunity in the held-out months. Regular purchases are
  judged by periods of four weeks counted from the beginning of the held-out months.
- It **held** when the customer's share in the held-out months is at least the share that the rule claims.
- **Precision** is the share of the judged suggestions that held. Suggestions to one customer stand and fall together,
  so the interval is Wilson's with the number of suggestions divided by their design effect.
- **Calibration error** is how far the expected share (the mean of the posterior) and the share in the held-out months
  are apart on average, over ten bins of equal width and all candidates, weighted by opportunities.

The rules that CCX is compared with choose from the candidates that were seen at least three times on three occasions
and that fewer than half of all customers do, as CCX does:

- **raw share**: k of n, as it is;
- **Wilson bound**: the lower bound of Wilson's interval for k of n, with a confidence of 95 % on one side. "Tuned to
  the precision of CCX" gives it the lowest bound at which it is as precise as CCX is. That bound is chosen with the
  held-out months in view, which is more than CCX had;
- **count**: what was done most often;
- **popularity**: what most other customers have done, of all that the customer did at least once.

Rules and thresholds were chosen on the first nine months alone: learned from the first four to seven of them and
measured on the next two to four. Two choices of that time are worth knowing. Regular purchases are counted by periods of
four weeks, because by shopping days only 0.7 of the few that a rule found held: people do not buy flour at every visit.
And what a value's customers differ by is fitted over all values of a rule together, because in a small category it is
mostly chance.

**The held-out months were looked at twice.** At first each category had a spread of its own and store brands had to be
above 0.7; that found 69 store brands, of which 0.83 held, and regular purchases held in 0.75 with a calibration error of
0.062. Thereupon the choice was made anew, again on the first nine months alone, with more splits of them; it came to one
spread for each rule and to a half as the threshold. The figures here are those of the second look. They are as honest as a
second look can be, and another year would be better.`;
}

export const limits = `- The Complete Journey has a random 6.8 % of the rows of each household. Shares are unbiased, counts are not: with whole
  baskets there would be about fifteen times the opportunities, more suggestions, and steadier ones. Most suggestions are
  judged by one or two opportunities, so that a customer who truly takes the store's brand on nine days of ten fails
  one time in ten. The columns for two and three occasions show what that does, and how few are left.
- Category interest suffers most from that: a household that buys of a category each week is seen to on one day in
  ten. The figure says little about whole baskets.
- Online Retail is a wholesaler of gifts; many of its customers are shops. Its range changes with the season, and the
  held-out months are those before Christmas. What grocers sell is bought more regularly.
- "Held" is what customers did, not what they would have said. Nobody was asked, nobody accepted or refused, and a
  suggestion that is shown may change what is done.
- One split in time for each data set. The intervals say what chance may do to these customers in these months, and
  nothing of other years, shops or countries.
- Sizes, delivery, receipts, language, channel and time of contact occur in neither data set (the times of offers and
  of nearly all responses in the Complete Journey are not in the files). Their thresholds are choices, not measurements.
- Returns in the held-out months are not taken off, cancelled sales are.
- Special products (pharmacy, intimate and the like), and what a catalogue calls by words of health, children, religion
  or diet, are no candidates: CCX concludes nothing from them.`;

export const repeating = `\`\`\`sh
npm run evaluate -- --path <folder with the files of both data sets>
\`\`\`

It starts a service on a database of its own in the system's temporary folder, and removes both afterwards, also when it
is interrupted. Nothing else is touched but this file and its plots. A second run writes the same again: events keep
their days, and nothing here depends on the time of the run. Most of the time goes into what every customer does once:
a password hashed as for people, a consent request, a decision, a receipt.

The data: 84.51°, The Complete Journey 2.0 (CC0), by way of the R package completejourney; UCI "Online Retail" (CC0;
Chen, Sain, Guo 2012, doi:10.1057/dbm.2012.17), by way of the R package onlineretail.`;
