import type { AttributeDefault } from '../attribute.js';
import type { JsonValue } from '../../platform/json.js';

/** What holds, by attribute, when a customer has stated nothing. */
export const defaults: Readonly<Record<string, AttributeDefault>> = {
  'accessibility.assistance': unstated('Help is given when you ask.', 'Hilfe gibt es, wenn Sie darum bitten.'),
  'accessibility.display': unstated('Screens and texts are shown as usual.', 'Anzeigen und Texte sind wie üblich.'),
  'assistance.style': is(
    { style: 'on_request' },
    'Somebody comes when you ask.',
    'Jemand kommt, wenn Sie darum bitten.',
  ),
  'brand.affinity': unstated('No brand comes first or last.', 'Keine Marke wird vorgezogen oder gemieden.'),
  'brand.kind': unstated('No kind of brand comes first.', 'Weder Eigenmarke noch Herstellermarke wird vorgezogen.'),
  'category.interest': unstated('Nothing is known of your interests.', 'Über Ihre Interessen ist nichts bekannt.'),
  'contact.marketing': is(
    { email: false, sms: false, push: false, phone: false, post: false, social: false, in_person: false },
    'No advertising through any channel.',
    'Keine Werbung auf keinem Weg.',
  ),
  'contact.service': unstated(
    'Messages about an order come the way in which you ordered.',
    'Nachrichten zu einer Bestellung kommen auf dem Weg, auf dem Sie bestellt haben.',
  ),
  'food.allergen': unstated('No allergy is known.', 'Keine Allergie ist bekannt.'),
  'food.diet': unstated('No diet is known.', 'Keine Ernährungsweise ist bekannt.'),
  'fulfilment.delivery': unstated('You choose with each order.', 'Sie wählen bei jeder Bestellung.'),
  'fulfilment.substitution': is(
    { allowed: false },
    'Nothing is delivered in place of what you ordered.',
    'Es wird nichts anderes geliefert, als Sie bestellt haben.',
  ),
  'habit.contact_channel': unstated('No way is known to suit you best.', 'Kein Weg ist als der beste bekannt.'),
  'habit.contact_time': unstated('No time is known to suit you best.', 'Keine Zeit ist als die beste bekannt.'),
  'habit.purchase': unstated('Nothing is known of what you buy.', 'Über Ihre Einkäufe ist nichts bekannt.'),
  'language.spoken': unstated('The language of the place.', 'Die Sprache des Ortes.'),
  'loyalty.membership': unstated('No membership is known.', 'Keine Mitgliedschaft ist bekannt.'),
  'payment.preference': unstated('You choose each time you pay.', 'Sie wählen bei jeder Zahlung.'),
  'price.sensitivity': unstated('Nothing is assumed.', 'Nichts wird angenommen.'),
  'product.free_from': unstated('Nothing is left out.', 'Nichts wird ausgelassen.'),
  'product.growing_method': unstated('Every way of growing is fine.', 'Jede Art von Anbau und Haltung ist recht.'),
  'product.nutrition_claim': unstated('No claim matters.', 'Keine Angabe ist wichtig.'),
  'receipt.delivery': is({ form: 'paper' }, 'A receipt on paper.', 'Ein Kassenbon auf Papier.'),
  'recommendations.personalised': is(
    { allowed: false },
    'No recommendations made for you.',
    'Keine auf Sie zugeschnittenen Empfehlungen.',
  ),
  'returns.method': unstated('You choose with each return.', 'Sie wählen bei jeder Rückgabe.'),
  'size.apparel': unstated('No size is known.', 'Keine Größe ist bekannt.'),
  'size.footwear': unstated('No size is known.', 'Keine Größe ist bekannt.'),
};

function is(value: JsonValue, en: string, de: string): AttributeDefault {
  return { value, text: { en, de } };
}

function unstated(en: string, de: string): AttributeDefault {
  return { value: null, text: { en, de } };
}
