const hidden = '[secret]';
const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that does not print. String conversion, JSON, `util.inspect` and template literals all give `[secret]`; only
 * `reveal()` gives the value.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Hand it to what needs it, and keep nothing of it. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.toPrimitive](): string {
    return hidden;
  }

  [inspectSymbol](): string {
    return hidden;
  }
}

/** An object of values with each value made a Secret. What is optional stays optional. */
export type Branded<T> = {
  readonly [K in keyof T]: undefined extends T[K] ? Secret<Exclude<T[K], undefined>> | undefined : Secret<T[K]>;
};

/** Makes every defined value of an object a Secret. */
export function brand<T extends object>(values: T): Branded<T> {
  const branded = Object.create(null) as Record<string, Secret<unknown>>;
  for (const [name, value] of Object.entries(values)) if (value !== undefined) branded[name] = new Secret(value);
  return Object.freeze(branded) as Branded<T>;
}
