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
