import { UnavailableError } from '../platform/errors.js';
import { GroupCommit, type GroupCommitLimits } from './group-commit.js';

const limits: GroupCommitLimits = { batch: 5, delayMs: 10, writers: 2, capacity: 20 };

/** Commits that end only when the test says so. */
function heldCommits() {
  const batches: string[][] = [];
  const ends: { succeed: () => void; fail: (reason: Error) => void }[] = [];
  const commit = (items: readonly string[]) => {
    batches.push([...items]);
    return new Promise<string[]>((resolve, reject) =>
      ends.push({ succeed: () => resolve(items.map((item) => item.toUpperCase())), fail: reject }),
    );
  };
  return { batches, ends, commit };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the group commit', () => {
  it('takes what arrives in one turn together and gives each its own outcome', async () => {
    const { batches, ends, commit } = heldCommits();
    const group = new GroupCommit(commit, limits);
    const outcomes = Promise.all([group.add('a'), group.add('b'), group.add('c')]);
    await turn();
    expect(batches).toEqual([['a', 'b', 'c']]);
    ends[0]!.succeed();
    expect(await outcomes).toEqual(['A', 'B', 'C']);
  });

  it('lets what arrives during a commit wait for its end', async () => {
    const { batches, ends, commit } = heldCommits();
    const group = new GroupCommit(commit, { ...limits, delayMs: 1_000 });
    const first = group.add('a');
    await turn();
    const others = Promise.all([group.add('b'), group.add('c')]);
    await turn();
    expect(batches).toEqual([['a']]);
    ends[0]!.succeed();
    await first;
    await turn();
    expect(batches).toEqual([['a'], ['b', 'c']]);
    ends[1]!.succeed();
    expect(await others).toEqual(['B', 'C']);
  });

  it('waits for what was on its way when a batch began, and for nothing that came up later', async () => {
    const { batches, ends, commit } = heldCommits();
    const group = new GroupCommit(commit, { ...limits, delayMs: 1_000 });
    let arrive = (): void => undefined;
    const announced = new Promise<void>((resolve) => (arrive = resolve));
    const onItsWay = group.before(() => announced).then(() => group.add('b'));
    const outcomes = [group.add('a'), onItsWay];
    void group.before(() => new Promise(() => undefined));
    await turn();
    await turn();
    expect(batches).toEqual([]);
    arrive();
    await turn();
    await turn();
    expect(batches).toEqual([['a', 'b']]);
    ends[0]!.succeed();
    expect(await Promise.all(outcomes)).toEqual(['A', 'B']);
  });

  it('waits for nothing on its way for longer than the delay, nor for what has come to nothing', async () => {
    const { batches, ends, commit } = heldCommits();
    const group = new GroupCommit(commit, { ...limits, delayMs: 200 });
    void group.before(() => new Promise(() => undefined));
    const failing = group.before(() => Promise.reject(new Error('no answer')));
    const first = group.add('a');
    await expect(failing).rejects.toThrow('no answer');
    await turn();
    expect(batches).toEqual([]);
    await after(300);
    expect(batches).toEqual([['a']]);
    ends[0]!.succeed();
    expect(await first).toBe('A');
  });

  it('starts another commit beside a slow one once the delay has passed', async () => {
    const { batches, ends, commit } = heldCommits();
    const group = new GroupCommit(commit, limits);
    void group.add('a');
    await turn();
    const second = group.add('b');
    await after(20);
    expect(batches).toEqual([['a'], ['b']]);
    ends[1]!.succeed();
    expect(await second).toBe('B');
    ends[0]!.succeed();
    await group.drain();
  });

  it('closes a batch when it is full and never commits more than its writers at once', async () => {
    const { batches, ends, commit } = heldCommits();
    const group = new GroupCommit(commit, limits);
    const all = Promise.all(Array.from({ length: 12 }, (_, index) => group.add(`i${index}`)));
    await after(30);
    expect(batches.map(({ length }) => length)).toEqual([5, 5]);
    expect(group.pending).toBe(12);
    ends.forEach(({ succeed }) => succeed());
    await turn();
    expect(batches.map(({ length }) => length)).toEqual([5, 5, 2]);
    ends[2]!.succeed();
    expect(await all).toHaveLength(12);
  });

  it('counts an item by its weight, and gives one that is too heavy for any batch one of its own', async () => {
    const { batches, ends, commit } = heldCommits();
    const group = new GroupCommit(commit, { ...limits, writers: 3 });
    const all = Promise.all([group.add('a', 3), group.add('b', 3), group.add('c', 9)]);
    await turn();
    expect(batches).toEqual([['a'], ['b'], ['c']]);
    ends.forEach(({ succeed }) => succeed());
    expect(await all).toEqual(['A', 'B', 'C']);
  });

  it('fails every item of a batch that fails, and goes on with the next', async () => {
    const { ends, commit } = heldCommits();
    const group = new GroupCommit(commit, limits);
    const first = Promise.allSettled([group.add('a'), group.add('b')]);
    await turn();
    const next = group.add('c');
    ends[0]!.fail(new Error('disk full'));
    expect((await first).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await turn();
    ends[1]!.succeed();
    expect(await next).toBe('C');
  });

  it('refuses more than it may keep waiting', async () => {
    const { ends, commit } = heldCommits();
    const group = new GroupCommit(commit, { ...limits, writers: 1 });
    const first = group.add('under way', 5);
    const waiting = group.add('waiting', 13);
    await expect(group.add('too much', 3)).rejects.toBeInstanceOf(UnavailableError);
    ends[0]!.succeed();
    await first;
    await turn();
    ends[1]!.succeed();
    await waiting;
  });

  it('has committed all that waited when it is drained', async () => {
    const done: string[] = [];
    const group = new GroupCommit(async (items: readonly string[]) => {
      await after(2);
      done.push(...items);
      return items;
    }, limits);
    for (let index = 0; index < 18; index++) void group.add(`i${index}`);
    await group.drain();
    expect(done).toHaveLength(18);
    expect(group.pending).toBe(0);
  });
});
