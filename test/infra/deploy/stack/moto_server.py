"""moto, an imitation of AWS's services, as far as osls needs it: on the port that is named.

It holds a template against cfn-lint, warnings too, which another test does without the warnings; and it never
changes when a function was last modified, by which osls sees a deployment that failed.
"""

import datetime
import sys

import moto.awslambda.models
import moto.cloudformation.responses  # noqa: F401
from moto.server import main

for module in list(sys.modules.values()):
    if getattr(module, "validate_template_cfn_lint", None):
        module.validate_template_cfn_lint = lambda template: []

configuration = moto.awslambda.models.LambdaFunction.get_configuration


def modified_now(self, *args, **kwargs):
    shown = configuration(self, *args, **kwargs)
    shown["LastModified"] = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return shown


moto.awslambda.models.LambdaFunction.get_configuration = modified_now
main(["-p", sys.argv[1]])
