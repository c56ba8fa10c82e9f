// Programs in processes of their own, of which benches ask things: so that what one of them takes is its own.
import { fork } from 'node:child_process';

/**
 * Starts a program that calls {@link answering}.
 *
 * @param {string} program
 * @param {string[]} [args]
 * @param {import('node:child_process').ForkOptions} [options]
 */
export function startProcess(program, args = [], options = {}) {
  const child = fork(program, args, { ...options, serialization: 'advanced' });
  /** Puts one question at a time, and answers what came of it. */
  const ask = (question, order = {}) =>
    new Promise((resolve, reject) => {
      const settle = (how, what) => {
        child.off('exit', onExit).off('message', onMessage);
        how(what);
      };
      const onExit = (code, signal) => settle(reject, new Error(`${program} ended with ${code ?? signal}.`));
      const onMessage = ({ answer, error }) =>
        error === undefined ? settle(resolve, answer) : settle(reject, new Error(error));
      child.once('exit', onExit).once('message', onMessage);
      child.send({ question, order });
    });
  return { pid: child.pid, ask, kill: (signal) => child.kill(signal) };
}

/**
 * Answers what the process that started this one asks, until that one is gone.
 *
 * @param {Record<string, (order: any) => unknown>} answers
 */
export function answering(answers) {
  const answer = async ({ question, order }) => {
    if (!answers[question]) throw new Error(`There is no ${question}.`);
    return { answer: await answers[question](order) };
  };
  process.on('message', (asked) => {
    void answer(asked)
      .catch((error) => ({ error: error.stack }))
      .then((told) => process.send(told));
  });
  process.once('disconnect', () => process.exit());
}
