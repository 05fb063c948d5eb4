import { formatWhole } from './figures.js'
import { quelques, some } from './plurals.js'

/** So many failing outcomes and violations; null if it is not known. */
export interface FailureCounts {
  readonly outcomes: number | null
  readonly violations: number | null
}

/** What a repair has changed, in numbers. */
export interface RepairCounts {
  /** How many fail in the first program. */
  readonly before: FailureCounts
  readonly removed: FailureCounts
  readonly remaining: FailureCounts
  readonly added: FailureCounts
}

/** What is said of a program and its repair. */
export interface RepairMessages {
  readonly repaired: (counts: RepairCounts) => string
  /** Nothing is known to fail in the first program. */
  readonly nothingToRepair: (isKnown: boolean) => string
  readonly notRepaired: (counts: RepairCounts) => string
  readonly unknown: string
  readonly remaining: string
  readonly added: string
  readonly lost: string
  readonly brokenIncomplete: string
  readonly ignored: (names: string, isOne: boolean) => string
}

export const repairInEnglish: RepairMessages = {
  repaired: (counts) => `repaired: ${gone(counts)}, nothing new fails.`,
  nothingToRepair: (isKnown) =>
    isKnown
      ? 'nothing to repair: neither program fails.'
      : 'the repair holds, and no failure of the first program is known.',
  notRepaired: (counts) =>
    `not repaired: ${[gone(counts), say(counts.remaining, 'remains', 'remain'), say(counts.added, 'is new', 'are new')].filter((part) => part !== '').join(', ')}.`,
  unknown: 'unknown whether it is repaired: nothing fails as far as the repair was explored, but that proves nothing.',
  remaining: 'still fails',
  added: 'fails only with the repair',
  lost: 'was right, and is no longer reached',
  brokenIncomplete: 'The first program was not explored completely: it may fail in more ways than are known here.',
  ignored: (names, isOne) => `Compared without ${names}: only one of the two programs shows ${isOne ? 'it' : 'them'}.`,
}

export const repairInFrench: RepairMessages = {
  repaired: (counts) => `réparé : ${disparus(counts)}, rien de nouveau n'apparaît.`,
  nothingToRepair: (isKnown) =>
    isKnown
      ? "rien à réparer : aucun des deux programmes n'est en défaut."
      : "la réparation est vérifiée, et aucun problème du premier programme n'est connu.",
  notRepaired: (counts) =>
    `pas réparé : ${[disparus(counts), dire(counts.remaining, 'demeure', 'demeurent'), dire(counts.added, "s'ajoute", "s'ajoutent")].filter((part) => part !== '').join(', ')}.`,
  unknown:
    'réparation incertaine : aucun problème dans ce qui a été exploré de la réparation, mais cela ne prouve rien.',
  remaining: 'toujours en défaut',
  added: 'en défaut seulement avec la réparation',
  lost: "correct auparavant, et n'est plus atteint",
  brokenIncomplete:
    "Le premier programme n'a pas été exploré en entier : il peut avoir d'autres problèmes que ceux qui sont connus ici.",
  ignored: (names, isOne) => `Comparé sans ${names} : un seul des deux programmes ${isOne ? 'le' : 'les'} montre.`,
}

/** `1 of 2 failing outcomes and 3 of 3 violations are gone`; what is not known or none is left out. */
function gone({ removed, before }: RepairCounts): string {
  const english = (value: number) => formatWhole(value, 'en')
  return clause(
    removed,
    (kind, count) => `${english(count)} of ${some(english(before[kind] ?? 0), ENGLISH[kind])}`,
    'and',
    (total) => (total === 1 ? 'is gone' : 'are gone'),
  )
}

function say(counts: FailureCounts, singular: string, plural: string): string {
  const described = (kind: FailureKind, count: number) => some(formatWhole(count, 'en'), ENGLISH[kind])
  return clause(counts, described, 'and', (total) => (total === 1 ? singular : plural))
}

function disparus({ removed, before }: RepairCounts): string {
  const described = (kind: FailureKind, count: number) =>
    `${enFrancais(kind, count)} sur ${formatWhole(before[kind] ?? 0, 'fr')}`
  return clause(removed, described, 'et', (total) => (total === 1 ? 'a disparu' : 'ont disparu'))
}

function dire(counts: FailureCounts, singular: string, plural: string): string {
  return clause(counts, enFrancais, 'et', (total) => (total === 1 ? singular : plural))
}

type FailureKind = keyof FailureCounts

const ENGLISH: Readonly<Record<FailureKind, string>> = { outcomes: 'failing outcome', violations: 'violation' }

function enFrancais(kind: FailureKind, count: number): string {
  const text = formatWhole(count, 'fr')
  return kind === 'violations' ? quelques(text, 'problème') : `${quelques(text, 'issue')} en défaut`
}

/** The counts that are known and not 0, with their verb; nothing if there are none. */
function clause(
  counts: FailureCounts,
  describe: (kind: FailureKind, count: number) => string,
  and: string,
  verb: (total: number) => string,
): string {
  const kinds = (['outcomes', 'violations'] as const).filter((kind) => (counts[kind] ?? 0) > 0)
  if (kinds.length === 0) return ''
  const total = kinds.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0)
  return `${kinds.map((kind) => describe(kind, counts[kind] ?? 0)).join(` ${and} `)} ${verb(total)}`
}
