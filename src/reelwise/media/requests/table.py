"""The kinds of requests that media brings; a package above has a table of its own and names it to its pool."""

from reelwise.media.requests.annotate import Annotate
from reelwise.media.requests.decode import Decode
from reelwise.media.requests.read import Read
from reelwise.media.requests.scan import Scan
from reelwise.media.requests.sheet import ContactSheet
from reelwise.media.requests.sound import DecodeSound

KINDS = (Scan(), Decode(), Read(), DecodeSound(), ContactSheet(), Annotate())
