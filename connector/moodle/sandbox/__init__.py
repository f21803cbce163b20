"""A Moodle to try everything without a Moodle: the embedded default of the demo and the double of the tests.

It answers over HTTP as Moodle 4.5 does and emits the statements that logstore_xapi 5.0.1 emits, quirks included.
`tests/conformance` holds it to what real sites answered.
"""

from connector.moodle.sandbox.acts import Act, Kind
from connector.moodle.sandbox.sandbox import Sandbox

__all__ = ["Act", "Kind", "Sandbox"]
