import type { SpecialClass } from '../consents/special-products.js';

/*
 * Which codes of the GS1 Global Product Classification stand for special products: segment 51000000 Healthcare and the
 * parts of 53000000 Beauty, Personal Care and Hygiene that belong to it, as of the publication of June 2020
 * (https://www.gs1.org/standards/gpc). Codes of segments, families and classes begin with those above them; codes of
 * bricks do not, so that each is named. In doubt a code is special. What the classification does not tell apart
 * (maternity wear is clothing to it) the retailer says with `special`.
 */

/** By how the codes of segments, families and classes begin; the longest that fits counts. */
const upperLevels: readonly (readonly [prefix: string, special: SpecialClass | null])[] = [
  ['511015', 'mobility_aid'], // Personal aids
  ['531813', 'pharmacy'], // Adult incontinence
  ['5111', 'intimate'], // Family planning
  ['5113', 'test'], // Home diagnostics
  ['5117', null], // Veterinary healthcare
  ['5323', 'intimate'], // Personal intimacy
  ['51', 'pharmacy'],
];

/**
 * By class, in the order of their codes. Left out on purpose: sunglasses, spectacle cases, pacifiers, insect repellents
 * for the skin, and all that is for animals.
 */
const bricks: Readonly<Record<SpecialClass, string>> = {
  pharmacy: `
    10000673
    10000456 10000457 10000681 10000912 10000922
    10000448 10000449 10000450 10000451 10000684 10000908 10000909 10000910
    10000474 10000488 10000489 10000685 10000907
    10000459 10000682 10000690
    10000487 10000525 10000526 10000527 10000528 10000529 10000638 10000639 10000687 10000688 10000911
    10000500
    10000683
    10000846 10000847 10000848 10000849 10000850 10000851 10000852
    10000853 10000854 10000855 10000856 10000857 10000858
    10000859 10000860 10000861 10000862 10000914
    10000863 10000864 10000865 10000866 10000867 10000868 10000869 10000870 10000871
    10000872 10000873 10000874 10000919
    10000875 10000876 10000877 10000878 10000879 10000880 10000881 10000882 10000883 10000884 10000916 10000920
    10000885 10000886 10000887 10000888 10000889 10000890 10000891 10000892 10000893 10000903 10000904 10000905 10000906
    10000894 10000895 10000896 10000897
    10000898 10000899 10000900 10000901 10000902 10000921
    10002423 10006960
    10000465 10000466 10000650 10000841
    10000467 10000468 10000651
    10000649 10000917 10000918
    10005844 10005845
    10000321 10000481 10000709 10000710 10000713 10000784`,
  // Accessories for nursing mothers.
  maternity: '10000362',
  intimate: `
    10000460 10000461 10000462 10000674 10000838
    10000463 10000464 10000675
    10000923
    10006246 10006247 10006248 10006249`,
  test: `
    10000455 10000843
    10000452 10000453 10000454 10000648 10000844
    10000647`,
  mobility_aid: '10000458 10000686 10000915',
};

const byBrick = new Map(
  (Object.entries(bricks) as [SpecialClass, string][]).flatMap(([special, codes]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code) => [code, special] as const),
  ),
);

/** The class of special products that a GPC code of any level stands for, or null when it stands for none. */
export function classOfGpc(code: string): SpecialClass | null {
  return byBrick.get(code) ?? upperLevels.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
}
