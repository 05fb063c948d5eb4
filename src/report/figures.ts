import type { Language } from './messages.js'

/** `66468720` as `66,468,720` or `66 468 720`; more than 21 digits in scientific notation as well. */
export function formatWhole(value: number | string, language: Language): string {
  const digits = String(value)
  if (!/^\d+$/.test(digits)) return digits
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, language === 'fr' ? '\u202f' : ',')
  return digits.length > 21 ? `${digits[0]}.${digits.slice(1, 4)}e${digits.length - 1}` : grouped
}

/** A probability in words: `1 in 2`, `19 in 120` where it is such a fraction, else a percentage. */
export function formatOdds(probability: number, language: Language): string {
  if (probability <= 0) return language === 'fr' ? 'jamais' : 'never'
  if (probability >= 1 - 1e-15) return language === 'fr' ? 'toujours' : 'always'
  const fraction = asFraction(probability)
  if (fraction !== null)
    return `${fraction[0]} ${language === 'fr' ? 'sur' : 'in'} ${formatWhole(fraction[1], language)}`
  const percent = probability * 100
  const text = percent >= 0.01 ? percent.toFixed(percent < 1 ? 3 : 1) : percent.toExponential(1)
  return language === 'fr' ? `${text.replace('.', ',')} %` : `${text}%`
}

/** An amount of memory: `64 MiB`, `1.5 KiB`. */
export function formatBytes(bytes: number, language: Language): string {
  const units = language === 'fr' ? ['octets', 'Kio', 'Mio', 'Gio'] : ['bytes', 'KiB', 'MiB', 'GiB']
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  const text = String(Number((bytes / 1024 ** unit).toPrecision(3)))
  return `${language === 'fr' ? text.replace('.', ',') : text} ${units[unit]}`
}

/** A share as a percentage of two digits: `12%`, `0.37%`; `below 0.0001%` where it is next to nothing. */
export function formatShare(share: number, language: Language): string {
  const percent = share * 100
  const isTiny = percent > 0 && percent < 1e-4
  const rounded = isTiny ? 1e-4 : percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))
  const text = rounded.toFixed(rounded >= 10 || rounded === 0 ? 0 : Math.max(0, 1 - Math.floor(Math.log10(rounded))))
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  if (language === 'fr') return `${isTiny ? 'moins de ' : ''}${trimmed.replace('.', ',')} %`
  return `${isTiny ? 'below ' : ''}${trimmed}%`
}

/** A fraction with a small denominator that equals the probability to 13 digits, by continued fractions. */
function asFraction(probability: number): readonly [number, number] | null {
  let rest = probability
  let [n0, d0, n1, d1] = [0, 1, 1, 0]
  for (let i = 0; i < 20; i++) {
    const whole = Math.floor(rest)
    ;[n0, d0, n1, d1] = [n1, d1, whole * n1 + n0, whole * d1 + d0]
    if (d1 > 1000 && n1 !== 1) return null
    if (Math.abs(n1 / d1 - probability) < 1e-13 * probability) return d1 <= 1000 || n1 === 1 ? [n1, d1] : null
    if (rest === whole) return null
    rest = 1 / (rest - whole)
  }
  return null
}

/** A tiny probability as `below 1e-12`. */
export function formatBound(probability: number, language: Language): string {
  const below = language === 'fr' ? 'moins de' : 'below'
  return `${below} 1e${Math.ceil(Math.log10(Math.max(probability, 1e-18)))}`
}
