/** One request and its answer, for people to look at. */
export interface Exchange {
  readonly who: string;
  readonly method: string;
  /** Path and query. */
  readonly address: string;
  readonly sent: string;
  readonly status: number;
  readonly came: string;
}

/** Tells the story while it happens. */
export interface Narrator {
  chapter(title: string): void;
  /** What somebody is about to do. */
  says(words: string): void;
  exchanged(exchange: Exchange): void;
  /** Something is as it should be. */
  finds(words: string): void;
}

const styles = { bold: 1, dim: 2, green: 32, cyan: 36, yellow: 33 } as const;

/** Tells it on a terminal; in colours where there are any. */
export class PrintingNarrator implements Narrator {
  private chapters = 0;

  constructor(
    private readonly print: (line: string) => void,
    private readonly inColour: boolean,
  ) {}

  chapter(title: string): void {
    this.print(`\n${this.in('bold', `${++this.chapters}. ${title}`)}`);
  }

  says(words: string): void {
    this.print(`\n${this.in('cyan', words)}`);
  }

  exchanged({ who, method, address, sent, status, came }: Exchange): void {
    this.print(`  ${this.in('dim', `${who} →`)} ${method} ${address}${sent && this.in('dim', `  ${sent}`)}`);
    const code = this.in(status < 400 ? 'green' : 'yellow', String(status));
    this.print(`  ${this.in('dim', `${' '.repeat(who.length)} ←`)} ${code}${came && this.in('dim', `  ${came}`)}`);
  }

  finds(words: string): void {
    this.print(`  ${this.in('green', '✓')} ${words}`);
  }

  private in(style: keyof typeof styles, text: string): string {
    return this.inColour ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
  }
}
