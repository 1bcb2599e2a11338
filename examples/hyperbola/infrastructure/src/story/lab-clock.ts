// The clock of the lab for a program that runs beside it. The SDK within the CLI of the CDK takes a clock that is five minutes ahead of its own
// for a skewed one and repeats every refused call seven times: the machine that it runs on is set to the lab's time, as NTP would set it.

/** What goes into NODE_OPTIONS. `clock` is the lab's DIRECTRIX_CLOCK: how fast it runs, and what it showed at a moment of ours. */
export function nodeOptionsFor(clock: string): string {
  const [, speed, wallMs, labMs] = /^([\d.]+)@(\d+)=(\d+)$/.exec(clock) ?? [];
  if (speed === undefined) throw new Error(`DIRECTRIX_CLOCK ${clock} is not understood.`);
  const program = `
    const Wall = Date;
    const now = () => Math.round(${labMs} + (Wall.now() - ${wallMs}) * ${speed});
    globalThis.Date = new Proxy(Wall, {
      construct: (_target, args, self) => Reflect.construct(Wall, args.length === 0 ? [now()] : args, self),
      apply: () => new Wall(now()).toString(),
      get: (_target, name) => (name === 'now' ? now : Wall[name]),
    });`;
  return `--import=data:text/javascript,${encodeURIComponent(program)}`;
}
