import { attribute } from '../attribute.js';
import { codeList } from '../code-lists.js';
import { gs1CodeLists } from '../gs1-codes.js';
import { code, object, text } from '../schemas.js';

export const sizeLists = {
  shoe_width: codeList({
    narrow: ['Narrow', 'Schmal'],
    regular: ['Regular', 'Normal'],
    wide: ['Wide', 'Weit'],
    extra_wide: ['Extra wide', 'Extraweit'],
  }),
  garment: codeList({
    top: ['Tops', 'Oberteile'],
    trousers: ['Trousers', 'Hosen'],
    skirt: ['Skirts', 'Röcke'],
    dress: ['Dresses', 'Kleider'],
    suit: ['Suits', 'Anzüge'],
    outerwear: ['Coats and jackets', 'Mäntel und Jacken'],
    underwear: ['Underwear', 'Unterwäsche'],
    swimwear: ['Swimwear', 'Bademode'],
    sportswear: ['Sportswear', 'Sportkleidung'],
    gloves: ['Gloves', 'Handschuhe'],
    headwear: ['Headwear', 'Kopfbedeckungen'],
  }),
  fit: codeList({
    tight: ['Tight', 'Eng'],
    regular: ['Regular', 'Normal'],
    loose: ['Loose', 'Weit'],
  }),
};

const touchpoints = [
  'till',
  'kiosk',
  'call_centre',
  'web',
  'app',
  'email',
  'dressing_room',
  'pickup',
  'gift_registry',
  'returns',
] as const;

export const size = [
  attribute({
    path: 'size.footwear',
    labels: { en: 'Shoe size', de: 'Schuhgröße' },
    description: { en: 'Your shoe size in one size system.', de: 'Ihre Schuhgröße in einem Größensystem.' },
    value_schema: object(
      {
        system: code(gs1CodeLists.gs1_size_system),
        size: text(12, 'As it is written on the shoe: 42.5'),
        width: code(sizeLists.shoe_width),
      },
      ['system', 'size'],
    ),
    key_from: '/system',
    code_lists: { '/system': 'gs1_size_system', '/width': 'shoe_width' },
    merge: 'union',
    strengths: ['must', 'want'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints,
    example: { system: 'EUROPE', size: '42.5', width: 'wide' },
    mappings: { gs1: 'gs1:SizeSystemCode', schema_org: 'schema:SizeSpecification', dpv: 'pd:PhysicalCharacteristic' },
  }),
  attribute({
    path: 'size.apparel',
    labels: { en: 'Clothing size', de: 'Kleidergröße' },
    description: {
      en: 'Your size for one kind of garment, and how you like it to fit.',
      de: 'Ihre Größe für eine Art von Kleidung und wie sie sitzen soll.',
    },
    value_schema: object(
      {
        garment: code(sizeLists.garment),
        system: code(gs1CodeLists.gs1_size_system),
        size: text(12, 'As it is written on the label: M, 40, 32/34'),
        fit: code(sizeLists.fit),
      },
      ['garment', 'system', 'size'],
    ),
    key_from: '/garment',
    code_lists: { '/garment': 'garment', '/system': 'gs1_size_system', '/fit': 'fit' },
    merge: 'union',
    strengths: ['must', 'want'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints,
    example: { garment: 'trousers', system: 'EUROPE', size: '50', fit: 'loose' },
    mappings: { gs1: 'gs1:SizeSystemCode', schema_org: 'schema:SizeSpecification', dpv: 'pd:PhysicalCharacteristic' },
  }),
];
