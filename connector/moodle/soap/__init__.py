"""The SOAP transport: the WSDL read and the requests composed by zeep, the answers decoded here.

What Moodle's SOAP server does that no other does, and what answers it:

- its WSDL, its namespace and its address hold the token → `wire_token` writes it at the last moment, on the wire;
  zeep is given a WSDL without it, so that nothing of zeep's can tell it;
- its WSDL breaks with one function of the whole site → a small service, said in a sentence;
- its lists have no item type, and zeep sends them empty → `service` builds each item with its type;
- its answers hold Apache maps, which zeep refuses after the write is done → `answer` reads the raw answer;
- some faults come with HTTP 200, an empty answer is a 202 → `answer`.
"""

from connector.moodle.soap.transport import SoapTransport

__all__ = ["SoapTransport"]
