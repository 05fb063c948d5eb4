/** Sentences about who did the work, and where it is kept. */
export interface WorkMessages {
  readonly resumed: (file: string) => string
  readonly shared: (workers: string) => string
  readonly oneWorkerOnly: string
  readonly kept: (file: string) => string
  readonly notKept: (why: string) => string
}

export const workInEnglish: WorkMessages = {
  resumed: (file) => `gone on from the checkpoint ${file}`,
  shared: (workers) => `shared by ${workers} workers`,
  oneWorkerOnly:
    'by one worker: the program does not name its module, so that no other thread can find it (program(…, { module: import.meta.url }))',
  kept: (file) => `Kept in ${file}: the same command goes on from there.`,
  notKept: (why) => `No checkpoint could be written: ${why}.`,
}

export const workInFrench: WorkMessages = {
  resumed: (file) => `repris du point de reprise ${file}`,
  shared: (workers) => `partagé entre ${workers} fils de travail`,
  oneWorkerOnly:
    'par un seul fil de travail : le programme ne nomme pas son module, aucun autre fil ne peut donc le trouver (program(…, { module: import.meta.url }))',
  kept: (file) => `Conservé dans ${file} : la même commande reprend de là.`,
  notKept: (why) => `Aucun point de reprise n'a pu être écrit : ${why}.`,
}
