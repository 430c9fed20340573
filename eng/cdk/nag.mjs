// Judges a CloudFormation template by cdk-nag's AwsSolutions rules.
//   node nag.mjs <folder of the installed cdk-nag package> <template.json>
// Prints one JSON object for each finding: rule, finding (of the rules that have several), resource (its logical id), why.
// The template is read by the newest CDK library: a property that CloudFormation does not have is an error there.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

const [folder, template] = process.argv.slice(2);
if (!folder || !template) {
  console.error('usage: node nag.mjs <cdk-nag package folder> <template.json>');
  process.exit(2);
}

const require = createRequire(join(folder, 'package.json'));
const { App, Aspects, DefaultStackSynthesizer, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { AwsSolutionsChecks } = require(folder);

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Judged', { synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) });
new CfnInclude(stack, 'Template', { templateFile: template });

const print = ({ ruleId, findingId, resource, ruleInfo }) =>
  console.log(JSON.stringify({ rule: ruleId, finding: findingId ?? '', resource: stack.resolve(resource.logicalId), why: ruleInfo }));
const logger = {
  onCompliance() {},
  onNonCompliance: print,
  onSuppressed() {},
  onError: ({ ruleId, resource, errorMessage }) => print({ ruleId, findingId: 'error', resource, ruleInfo: errorMessage }),
  onSuppressedError() {},
  onNotApplicable() {},
};
Aspects.of(app).add(new AwsSolutionsChecks({ reports: false, additionalLoggers: [logger] }));
app.synth();
