import type { Program } from 'entrelacs'

/** An entry of the gallery. The program itself is loaded when it is asked for. */
export interface Scenario {
  /** How the command line calls it. */
  readonly name: string
  /** Which systems of the course it shows. */
  readonly rows: readonly string[]
  readonly title: { readonly en: string; readonly fr: string }
  /** The scenario that repairs it, if there is one. */
  readonly repairedBy?: string
  readonly load: () => Promise<{ readonly default: Program }>
}

/** The gallery, in the order of the course. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'killed-holder',
    rows: ['T5'],
    title: { en: 'A worker is killed while it holds a lock', fr: "Un ouvrier est tué alors qu'il tient un verrou" },
    repairedBy: 'killed-holder-asked',
    load: () => import('./killed-holder.js'),
  },
  {
    name: 'killed-holder-asked',
    rows: ['T5'],
    title: { en: 'The worker is asked to stop instead', fr: "L'ouvrier est prié de s'arrêter" },
    load: () => import('./killed-holder-asked.js'),
  },
  {
    name: 'child-error',
    rows: ['T6'],
    title: { en: 'An error in a child thread, unnoticed', fr: 'Une erreur dans un fil enfant, passée inaperçue' },
    repairedBy: 'child-error-carried',
    load: () => import('./child-error.js'),
  },
  {
    name: 'child-error-carried',
    rows: ['T6'],
    title: { en: 'The error is carried to the parent', fr: "L'erreur est remise au parent" },
    load: () => import('./child-error-carried.js'),
  },
  {
    name: 'own-memory',
    rows: ['T7'],
    title: {
      en: 'Two processes increment a global, each its own',
      fr: 'Deux processus incrémentent une globale, chacun la sienne',
    },
    repairedBy: 'own-memory-shared',
    load: () => import('./own-memory.js'),
  },
  {
    name: 'own-memory-shared',
    rows: ['T7'],
    title: {
      en: 'The counter in shared memory, under its lock',
      fr: 'Le compteur en mémoire partagée, sous son verrou',
    },
    load: () => import('./own-memory-shared.js'),
  },
  {
    name: 'own-memory-queue',
    rows: ['T7'],
    title: { en: 'Increments sent through a queue', fr: 'Les incréments envoyés par une file' },
    load: () => import('./own-memory-queue.js'),
  },
  {
    name: 'own-memory-manager',
    rows: ['T7'],
    title: { en: 'The counter kept by a manager', fr: 'Le compteur tenu par un gestionnaire' },
    load: () => import('./own-memory-manager.js'),
  },
  {
    name: 'process-crash',
    rows: ['T7'],
    title: { en: 'A process crashes, the program goes on', fr: 'Un processus plante, le programme continue' },
    load: () => import('./process-crash.js'),
  },
  {
    name: 'fork-held-lock',
    rows: ['T7', 'T8'],
    title: { en: 'A fork copies a lock that somebody holds', fr: "Un fork copie un verrou que quelqu'un tient" },
    repairedBy: 'fork-held-lock-spawned',
    load: () => import('./fork-held-lock.js'),
  },
  {
    name: 'fork-held-lock-spawned',
    rows: ['T7', 'T8'],
    title: { en: 'Spawned, the child has a lock of its own', fr: 'Par spawn, le fils a un verrou à lui' },
    load: () => import('./fork-held-lock-spawned.js'),
  },
  {
    name: 'up-and-down',
    rows: ['P3'],
    title: {
      en: 'One counts up, one counts down: it may never end',
      fr: "L'un compte, l'autre décompte : sans fin, peut-être",
    },
    load: () => import('./up-and-down.js'),
  },
  {
    name: 'bank-account',
    rows: ['Y1'],
    title: { en: 'Two transfers on one account, one is lost', fr: "Deux opérations sur un compte, l'une se perd" },
    repairedBy: 'bank-account-locked',
    load: () => import('./bank-account.js'),
  },
  {
    name: 'bank-account-locked',
    rows: ['Y1', 'Y2'],
    title: { en: 'The bank account repaired with a lock', fr: 'Le compte en banque, réparé par un verrou' },
    load: () => import('./bank-account-locked.js'),
  },
  {
    name: 'lost-update',
    rows: ['Y1'],
    title: { en: 'Increments get lost', fr: 'Des incréments se perdent' },
    load: () => import('./lost-update.js'),
  },
  {
    name: 'critical-section',
    rows: ['Y2'],
    title: { en: 'A critical section and its lock', fr: 'Une section critique et son verrou' },
    load: () => import('./critical-section.js'),
  },
  {
    name: 'philosophers',
    rows: ['Y3'],
    title: { en: 'Dining philosophers deadlock', fr: "L'interblocage des philosophes" },
    repairedBy: 'philosophers-ordered',
    load: () => import('./philosophers.js'),
  },
  {
    name: 'philosophers-ordered',
    rows: ['Y3'],
    title: { en: 'Philosophers who respect an order of forks', fr: 'Des philosophes qui ordonnent leurs fourchettes' },
    load: () => import('./philosophers-ordered.js'),
  },
  {
    name: 'join-and-spawn',
    rows: ['Y7'],
    title: { en: 'Start helpers, wait for them, add up', fr: 'Lancer des aides, les attendre, faire la somme' },
    load: () => import('./join-and-spawn.js'),
  },
  {
    name: 'ticket-sellers',
    rows: ['Y10'],
    title: { en: 'Four sellers, ten tickets, no pause', fr: 'Quatre vendeurs, dix billets, pas de pause' },
    load: () => import('./ticket-sellers.js'),
  },
]
