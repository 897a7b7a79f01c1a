// What the server told the page of its world: `vocabulary`, there before a screen is shown.

export const world = {};
