/**
 * What is worn, by the GS1 Global Product Classification: footwear (segment 63) and clothing (segment 67), whose bricks
 * do not begin with the code of their segment. A class that is several kinds of garment, such as all that is worn on
 * the legs, says nothing of a size; underwear is nobody's business.
 */
const byKind = {
  footwear:
    '63000000 63010000 63010100 63010300 63010400 63010500 ' +
    '10001070 10001071 10001076 10001077 10001078 10001079 10001080 10001081 10001082',
  dress: '10001333',
  skirt: '10001334',
  trousers: '10001335',
  top: '67010800 10001351 10001352',
  outerwear: '10001350',
  sportswear: '67030000 67030100 10001342 10001343 10001344',
  swimwear: '67060000 67060100 10006965 10008065 10008066 10008067 10008068',
  gloves: '10001328',
  headwear: '10001329',
} as const;

/** Footwear, or a kind of garment as `size.apparel` names it. */
export type Worn = keyof typeof byKind;

const kinds = new Map(
  Object.entries(byKind).flatMap(([kind, codes]) => codes.split(' ').map((code) => [code, kind as Worn] as const)),
);

/** What a product is worn as, or null where its code does not tell. */
export function wornAs(gpc: string | undefined): Worn | null {
  return (gpc !== undefined && kinds.get(gpc)) || null;
}
