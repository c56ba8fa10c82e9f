const en = {
  tillCode: {
    title: 'Till code',
    lead: 'Show it at the till, or read the digits out. A shop that you have given consent to serves you as you like it; to any other shop it says nothing.',
    qr: 'The same code as a QR code, for the till’s scanner',
    lasts: 'It is good once, for one minute.',
    over: 'This code is over.',
    another: 'Show a new code',
  },
};

const de: typeof en = {
  tillCode: {
    title: 'Kassencode',
    lead: 'Zeigen Sie ihn an der Kasse, oder lesen Sie die Ziffern vor. Ein Geschäft, dem Sie Ihre Einwilligung gegeben haben, bedient Sie dann so, wie Sie es mögen; jedem anderen sagt er nichts.',
    qr: 'Derselbe Code als QR-Code, für den Scanner der Kasse',
    lasts: 'Er gilt einmal, eine Minute lang.',
    over: 'Dieser Code gilt nicht mehr.',
    another: 'Neuen Code zeigen',
  },
};

export const tillCodeMessages = { en, de };
