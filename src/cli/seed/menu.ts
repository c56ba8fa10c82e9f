import type { TouchpointMenu } from '../../retailers/menu-rules.js';

/** What the tills of the grocers can honour. Their other touchpoints have what such a touchpoint usually needs. */
export const menuOfGrocers: readonly TouchpointMenu[] = [
  {
    touchpoint: 'till',
    attributes: [
      {
        attribute: 'language.spoken',
        does: {
          en: 'The screen at the till speaks your language.',
          de: 'Der Bildschirm an der Kasse spricht Ihre Sprache.',
        },
      },
      {
        attribute: 'receipt.delivery',
        does: {
          en: 'We print your receipt, or send it instead.',
          de: 'Wir drucken Ihren Bon oder schicken ihn Ihnen.',
        },
      },
      {
        attribute: 'loyalty.membership',
        does: {
          en: 'We count your points without a card.',
          de: 'Wir schreiben Ihre Punkte auch ohne Karte gut.',
        },
      },
      {
        attribute: 'returns.method',
        does: {
          en: 'We tell you how you can bring things back.',
          de: 'Wir sagen Ihnen, wie Sie etwas zurückgeben können.',
        },
      },
      {
        attribute: 'food.allergen',
        does: {
          en: 'The till warns you of what you are allergic to.',
          de: 'Die Kasse warnt Sie vor dem, was Sie nicht vertragen.',
        },
      },
      {
        attribute: 'size.footwear',
        does: {
          en: 'We tell you at once when slippers are not there in your size.',
          de: 'Wir sagen Ihnen gleich, wenn es Hausschuhe nicht in Ihrer Größe gibt.',
        },
      },
      {
        attribute: 'contact.marketing',
        does: {
          en: 'We offer you nothing at the till unless you want that.',
          de: 'Wir bieten Ihnen an der Kasse nur etwas an, wenn Sie das möchten.',
        },
      },
      {
        attribute: 'contact.service',
        does: {
          en: 'We reach you about an order as you like it.',
          de: 'Wir melden uns zu einer Bestellung so, wie Sie es möchten.',
        },
      },
    ],
  },
];
