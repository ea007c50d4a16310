/** The properties of the application, to be changed from outside. */
export const shown = $state({ ids: [], options: undefined, cache: undefined });
