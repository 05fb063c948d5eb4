import { formOf } from '../engine/simulate/processor/assembler.js'
import { type Mnemonic, MNEMONICS, OPERATIONS } from '../engine/simulate/processor/instruction-set.js'
import { instructionsInFrench } from './instruction-meanings.js'
import type { Language } from './messages.js'
import type { ReportStyle } from './report-style.js'
import { padText, textWidth } from './text-width.js'
import { wrapText } from './wrap-text.js'

const ABOUT: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'One instruction a line, “label:” before it, comments from ; or # on. Registers r0 to r31 (r0 is always 0) and v0 to v15; where a value may stand, a register or a number. Data first, whose names stand for the address of their first word:',
    'data prices: 10, 15, 20, 25',
    'space sums: 4',
  ],
  fr: [
    'Une instruction par ligne, précédée au besoin de « étiquette: », commentaires à partir de ; ou #. Registres r0 à r31 (r0 vaut toujours 0) et v0 à v15 ; là où une valeur est permise, un registre ou un nombre. Les données ont des noms, qui valent l’adresse de leur premier mot :',
    'data prix: 10, 15, 20, 25',
    'space sommes: 4',
  ],
}

function meaningOf(mnemonic: Mnemonic, language: Language): string {
  return language === 'fr' ? instructionsInFrench[mnemonic] : OPERATIONS[mnemonic].meaning
}

/** Everything that a file of the assembler may be made of. */
export function instructionLines({ language, paint, columns }: ReportStyle): string[] {
  const [about, ...data] = ABOUT[language] as readonly [string, ...string[]]
  const forms = MNEMONICS.map(formOf)
  const width = Math.max(...forms.map(textWidth))
  const room = Math.max(20, columns - width - 4)
  const lines = MNEMONICS.flatMap((mnemonic, i) =>
    wrapText(meaningOf(mnemonic, language), room).map((part, line) =>
      line === 0 ? `  ${paint.strong(padText(forms[i]!, width))}  ${part}` : `${' '.repeat(width + 4)}${part}`,
    ),
  )
  return [...wrapText(about, columns), '', ...data.map((line) => `  ${line}`), '', ...lines]
}

/** The same for programs. */
export function instructionsJson(language: Language): string {
  const instructions = MNEMONICS.map((mnemonic) => ({
    mnemonic,
    form: formOf(mnemonic),
    meaning: meaningOf(mnemonic, language),
    unit: OPERATIONS[mnemonic].unit,
  }))
  return `${JSON.stringify({ schema: 1, instructions })}\n`
}
