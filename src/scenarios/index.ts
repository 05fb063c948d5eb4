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
    name: 'user-level-threads',
    rows: ['T2'],
    title: {
      en: 'Threads of the program on one thread of the kernel: one call stops all',
      fr: "Des fils de l'utilisateur sur un seul fil du noyau : un appel les arrête tous",
    },
    repairedBy: 'kernel-level-threads',
    load: () => import('./user-level-threads.js'),
  },
  {
    name: 'kernel-level-threads',
    rows: ['T2'],
    title: { en: 'Each on a thread of the kernel of its own', fr: 'Chacun sur son propre fil du noyau' },
    load: () => import('./kernel-level-threads.js'),
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
  {
    name: 'gather',
    rows: ['X3'],
    title: { en: 'Three tasks of 2, 3 and 1 s, together', fr: 'Trois tâches de 2, 3 et 1 s, ensemble' },
    load: () => import('./gather.js'),
  },
  {
    name: 'blocked-loop',
    rows: ['X3'],
    title: { en: 'A long task blocks the event loop', fr: "Une longue tâche bloque la boucle d'événements" },
    repairedBy: 'blocked-loop-to-thread',
    load: () => import('./blocked-loop.js'),
  },
  {
    name: 'blocked-loop-to-thread',
    rows: ['X3'],
    title: { en: 'The long task goes to a thread', fr: 'La longue tâche est confiée à un fil' },
    load: () => import('./blocked-loop-to-thread.js'),
  },
  {
    name: 'tasks-lost-update',
    rows: ['X3', 'Y1'],
    title: { en: 'Two tasks read, await and write', fr: 'Deux tâches lisent, attendent et écrivent' },
    repairedBy: 'tasks-lost-update-locked',
    load: () => import('./tasks-lost-update.js'),
  },
  {
    name: 'tasks-lost-update-locked',
    rows: ['X3', 'Y2'],
    title: {
      en: 'The two tasks repaired with a lock of the loop',
      fr: 'Les deux tâches, réparées par un verrou de la boucle',
    },
    load: () => import('./tasks-lost-update-locked.js'),
  },
  {
    name: 'cancelled-task',
    rows: ['X3'],
    title: { en: 'A cancelled task leaves its lock taken', fr: 'Une tâche annulée garde son verrou' },
    repairedBy: 'cancelled-task-finally',
    load: () => import('./cancelled-task.js'),
  },
  {
    name: 'cancelled-task-finally',
    rows: ['X3'],
    title: { en: 'The cancelled task cleans up', fr: 'La tâche annulée fait le ménage' },
    load: () => import('./cancelled-task-finally.js'),
  },
]
