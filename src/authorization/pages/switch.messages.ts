const en = {
  switch: {
    take: 'Take it to another retailer',
    takeHint: 'You agree beforehand, and are not asked again there.',
    title: (from: string) => `Take along what ${from} may do`,
    lead: 'Choose where to. You see first what would go along, and what would not.',
    where: 'To which retailer',
    nobody: 'There is no other retailer here yet.',
    look: 'See what would go along',
    to: (from: string, to: string) => `From ${from} to ${to}`,
    toLead: (to: string) =>
      `${to} learns nothing of this until you are there and it asks. If it then asks for no more than this within 7 days, you are not asked again.`,
    not: 'What does not go along',
    nothing: (to: string) => `Nothing of this can go along to ${to}.`,
    options: 'And besides',
    overrides: (from: string, to: string) => `State for ${to}, too, what I state for ${from} alone`,
    overridesHint: 'At once, and for good: you find it among what you state.',
    source: (from: string) => `What becomes of what ${from} may do?`,
    no: 'It stays',
    noHint: 'Both retailers may do it then.',
    on_completion: (to: string) => `It ends when ${to} has it`,
    on_completionHint: 'Until then everything stays as it is.',
    now: 'It ends now',
    nowHint: 'At once, whatever comes of the other.',
    reported: (from: string) => `When it ends, delete what ${from} has reported to my account`,
    submit: 'Agree to this beforehand',
    finish: 'Do this',
    pending: 'Something else is agreed beforehand for this retailer. Call that off first, under “Requests”.',
    agreedTitle: 'Agreed beforehand',
    agreed:
      'You have agreed to this beforehand. The retailer has not asked yet, and knows nothing of it. It counts until',
    goOn: (to: string) => `Go on to ${to}`,
    goOnYourself: (to: string) => `Sign in at ${to} as usual: it then asks, and you are not asked again.`,
    callOff: 'Call it off',
    seeAgreed: 'See it, or call it off',
    ends: (from: string) => `What ${from} may do ends when this begins.`,
    counts: 'Counts until',
  },
};

const de: typeof en = {
  switch: {
    take: 'Zu einem anderen Händler mitnehmen',
    takeHint: 'Sie stimmen im Voraus zu und werden dort nicht noch einmal gefragt.',
    title: (from) => `Mitnehmen, was ${from} darf`,
    lead: 'Wählen Sie, wohin. Sie sehen zuerst, was mitgeht und was nicht.',
    where: 'Zu welchem Händler',
    nobody: 'Hier gibt es noch keinen anderen Händler.',
    look: 'Ansehen, was mitgeht',
    to: (from, to) => `Von ${from} zu ${to}`,
    toLead: (to) =>
      `${to} erfährt nichts davon, bis Sie dort sind und es Sie darum bittet. Bittet es dann innerhalb von 7 Tagen um nicht mehr als das, werden Sie nicht noch einmal gefragt.`,
    not: 'Was nicht mitgeht',
    nothing: (to) => `Nichts davon kann zu ${to} mitgehen.`,
    options: 'Und außerdem',
    overrides: (from, to) => `Auch für ${to} angeben, was ich nur für ${from} angebe`,
    overridesHint: 'Sofort und auf Dauer: Sie finden es unter Ihren Angaben.',
    source: (from) => `Was soll mit dem geschehen, was ${from} darf?`,
    no: 'Es bleibt',
    noHint: 'Dann dürfen es beide Händler.',
    on_completion: (to) => `Es endet, wenn ${to} es hat`,
    on_completionHint: 'Bis dahin bleibt alles, wie es ist.',
    now: 'Es endet jetzt',
    nowHint: 'Sofort, was auch immer aus dem anderen wird.',
    reported: (from) => `Wenn es endet, löschen, was ${from} an mein Konto gemeldet hat`,
    submit: 'Dem im Voraus zustimmen',
    finish: 'So machen',
    pending:
      'Für diesen Händler haben Sie schon etwas anderem im Voraus zugestimmt. Nehmen Sie das zuerst unter „Anfragen“ zurück.',
    agreedTitle: 'Im Voraus zugestimmt',
    agreed:
      'Sie haben dem im Voraus zugestimmt. Der Händler hat noch nicht darum gebeten und weiß nichts davon. Es gilt bis',
    goOn: (to) => `Weiter zu ${to}`,
    goOnYourself: (to) =>
      `Melden Sie sich bei ${to} wie gewohnt an: Es bittet Sie dann darum, und Sie werden nicht noch einmal gefragt.`,
    callOff: 'Zurücknehmen',
    seeAgreed: 'Ansehen oder zurücknehmen',
    ends: (from) => `Was ${from} darf, endet, wenn dies beginnt.`,
    counts: 'Gilt bis',
  },
};

/** What is said about taking along to one retailer what another one has. */
export const switchMessages = { en, de };
