import { observe } from './observations.js'

process.stdout.write(JSON.stringify(await observe()))
