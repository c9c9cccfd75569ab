/**
 * Import directions (design.md section 9) and the shape of the import graph, on resolved files.
 *
 * Needs the `typescript` alias to TypeScript 6: with 7 this tool skips every .ts file and reports success.
 * test/tidy-imports.test.ts therefore counts the modules it sees, and plants an import against every rule.
 */

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'a cycle cannot be read top down; move what both need into a third file',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'nobody imports this file and it imports nothing; delete it or use it',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.test\\.ts$' },
      to: {},
    },
    {
      name: 'everything-resolves',
      comment: 'the import does not lead anywhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'models-know-only-models',
      comment: 'a model imports xstate, other models, and the types and builders of src/model',
      severity: 'error',
      from: { path: '^models/' },
      to: { pathNot: '^(models/|src/model/|node_modules/xstate/)' },
    },
    {
      name: 'machines-know-no-networks',
      comment: 'a machine file stands below the networks and the bugs that use it',
      severity: 'error',
      from: { path: '^models/', pathNot: '^models/(networks|bugs|drivers)/' },
      to: { path: '^models/(networks|bugs)/' },
    },
    {
      name: 'networks-know-no-bugs',
      comment: 'a bug is made from a network, not the other way round',
      severity: 'error',
      from: { path: '^models/networks/' },
      to: { path: '^models/bugs/' },
    },
    {
      name: 'the-checker-knows-no-packets',
      comment: 'src is the checker; models and claims reach it as values',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^(models|properties|test)/' },
    },
    {
      name: 'the-command-line-reads-one-index',
      comment: 'src/cli meets models and claims through properties/index.ts only',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^(models|properties|test)/', pathNot: '^properties/index\\.ts$' },
    },
    {
      name: 'the-modelling-interface-is-the-base',
      comment: 'src/model is what modellers touch; it knows no search',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { path: '^src/', pathNot: '^src/model/' },
    },
    {
      name: 'nobody-imports-the-command-line',
      comment: 'src/cli prints and exits; put what others need below it',
      severity: 'error',
      from: { pathNot: '^(src/cli|test)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'claims-use-models-and-src',
      comment: 'properties may not lean on test helpers',
      severity: 'error',
      from: { path: '^properties/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-test-tools-in-the-program',
      comment: 'what runs outside tests may not need a development dependency',
      severity: 'error',
      from: { path: '^(src|models|properties)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    // The outsider's file is written against the package, which is not built here.
    exclude: { path: '^test/fixtures/outsider/' },
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
