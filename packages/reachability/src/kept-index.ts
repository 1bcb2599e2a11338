/** An index of a list, kept as long as the list lives. The list must not change. */
export function keepIndex<T extends object, R>(compute: (list: T) => R): (list: T) => R {
  const kept = new WeakMap<T, R>();
  return (list) => take(kept, list, () => compute(list));
}

/** What is kept for the key, computed the first time. */
export function take<V>(kept: WeakMap<object, V>, key: object, compute: () => V): V {
  const found = kept.get(key);
  if (found !== undefined) return found;
  const made = compute();
  kept.set(key, made);
  return made;
}
