/** The seed of all property tests, printed by fast-check when one fails; set ENTRELACS_SEED to try others. */
export const SEED = Number(process.env['ENTRELACS_SEED'] ?? 20_260_301)
