// Before anything else is loaded: places in TypeScript files, instead of in what they were compiled to.
process.setSourceMapsEnabled(true)
await import('./perform-task.js')
export {}
