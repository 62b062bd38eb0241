/** Returns the same object with one method replaced. */
export function withMethod<Whole extends object>(
  whole: Whole,
  name: keyof Whole,
  method: (...args: never[]) => unknown,
): Whole {
  return new Proxy(whole, {
    get(target, key) {
      if (key === name) return method;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
