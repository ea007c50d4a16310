/** Whether two types are the same, neither wider. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when given `true`. */
export declare function holds<_T extends true>(): void;
