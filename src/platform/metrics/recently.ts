/** Asks at most once in so many milliseconds; in between, everybody gets the last answer. A failure is not kept. */
export function recently<T>(milliseconds: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly at: number } | undefined;
  return () => {
    const now = performance.now();
    if (last && now - last.at < milliseconds) return last.answer;
    const asked = { answer: ask(), at: now };
    last = asked;
    asked.answer.catch(() => {
      if (last === asked) last = undefined;
    });
    return asked.answer;
  };
}
