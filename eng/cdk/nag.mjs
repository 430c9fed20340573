// Judges CloudFormation templates by cdk-nag's AwsSolutions rules.
//   node nag.mjs <folder of the installed cdk-nag package> <template.json>...
// Prints one JSON object for each finding: template, rule, finding (of the rules that have several), resource (its logical id), why.
// The templates are read by the newest CDK library, which knows CloudFormation's properties: what is wrong by them is an error.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

const [folder, ...templates] = process.argv.slice(2);
if (!folder || templates.length === 0) {
  console.error('usage: node nag.mjs <cdk-nag package folder> <template.json>...');
  process.exit(2);
}

const require = createRequire(join(folder, 'package.json'));
const { App, Aspects, DefaultStackSynthesizer, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { AwsSolutionsChecks } = require(folder);

function judge(template) {
  const app = new App({ analyticsReporting: false, context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  const stack = new Stack(app, 'Judged', { synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) });
  new CfnInclude(stack, 'Template', { templateFile: template });

  const print = ({ ruleId, resource }, finding, why) =>
    console.log(JSON.stringify({ template, rule: ruleId, finding, resource: stack.resolve(resource.logicalId), why }));
  const logger = {
    onCompliance() {},
    onNonCompliance: (data) => print(data, data.findingId, data.ruleInfo),
    onSuppressed() {},
    onError: (data) => print(data, 'error', data.errorMessage),
    onSuppressedError() {},
    onNotApplicable() {},
  };
  Aspects.of(app).add(new AwsSolutionsChecks({ reports: false, additionalLoggers: [logger] }));
  app.synth();
}

templates.forEach(judge);
