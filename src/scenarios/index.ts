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
    name: 'life-of-a-thread',
    rows: ['T1'],
    title: { en: 'The life of a thread, from new to dead', fr: "La vie d'un fil, de nouveau à terminé" },
    load: () => import('./life-of-a-thread.js'),
  },
  {
    name: 'active-count',
    rows: ['T3'],
    title: { en: 'Many threads, falling to one', fr: 'Beaucoup de fils, puis un seul' },
    load: () => import('./active-count.js'),
  },
  {
    name: 'daemon',
    rows: ['T3'],
    title: { en: 'A daemon dies with its program', fr: 'Un démon meurt avec son programme' },
    repairedBy: 'daemon-awaited',
    load: () => import('./daemon.js'),
  },
  {
    name: 'daemon-awaited',
    rows: ['T3'],
    title: { en: 'The program waits for its daemon', fr: 'Le programme attend son démon' },
    load: () => import('./daemon-awaited.js'),
  },
  {
    name: 'two-ways-to-start',
    rows: ['T4'],
    title: { en: 'A thread as a class and as a function', fr: 'Un fil comme classe et comme fonction' },
    load: () => import('./two-ways-to-start.js'),
  },
  {
    name: 'abrupt-stop',
    rows: ['T5'],
    title: { en: 'A killed thread leaves a lock held for ever', fr: 'Un fil tué laisse un verrou pris à jamais' },
    repairedBy: 'graceful-stop',
    load: () => import('./abrupt-stop.js'),
  },
  {
    name: 'graceful-stop',
    rows: ['T5'],
    title: { en: 'A thread that is asked to stop', fr: 'Un fil à qui on demande de finir' },
    load: () => import('./graceful-stop.js'),
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
    name: 'thread-pool',
    rows: ['X1'],
    title: { en: 'A pool of threads: submit, map, shut down', fr: 'Un groupe de fils : soumettre, appliquer, fermer' },
    load: () => import('./thread-pool.js'),
  },
  {
    name: 'pool-waits-for-itself',
    rows: ['X1'],
    title: {
      en: 'A job that waits for a job of its own pool',
      fr: 'Une tâche qui attend une tâche de son propre groupe',
    },
    repairedBy: 'pool-of-parts',
    load: () => import('./pool-waits-for-itself.js'),
  },
  {
    name: 'pool-of-parts',
    rows: ['X1'],
    title: { en: 'Jobs that wait for no jobs', fr: "Des tâches qui n'attendent pas de tâche" },
    load: () => import('./pool-of-parts.js'),
  },
  {
    name: 'scheduler-of-threads',
    rows: ['X6'],
    title: { en: 'Exercise: a scheduler of threads', fr: 'Exercice : un ordonnanceur de fils' },
    repairedBy: 'scheduler-clean-stop',
    load: () => import('./scheduler-of-threads.js'),
  },
  {
    name: 'scheduler-clean-stop',
    rows: ['X6'],
    title: { en: 'The scheduler of threads, stopped cleanly', fr: "L'ordonnanceur de fils, arrêté proprement" },
    load: () => import('./scheduler-clean-stop.js'),
  },
]
