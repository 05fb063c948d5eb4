import { branches } from './branches.js'
import { divergence } from './divergence.js'
import { flynn } from './flynn.js'
import { hazards } from './hazards.js'
import type { ProcessorExample } from './processor-example.js'
import { rotation } from './rotation.js'
import { stages } from './stages.js'

export type { ProcessorExample } from './processor-example.js'

/** The examples of processors, from simple to hard. */
export const processorExamples: readonly ProcessorExample[] = [stages, hazards, branches, flynn, rotation, divergence]
