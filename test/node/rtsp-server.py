"""An RTSP camera for the tests: a grey road with a magenta plate. Usage: rtsp-server.py PORT [USER PASSWORD]"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PIPELINE = """( compositor name=mix sink_1::xpos=120 sink_1::ypos=100
  ! video/x-raw,width=320,height=240,framerate=10/1 ! videoconvert
  ! video/x-raw,format=I420 ! jpegenc quality=95 ! rtpjpegpay name=pay0
  videotestsrc is-live=true pattern=solid-color foreground-color=0xff606060
  ! video/x-raw,width=320,height=240,framerate=10/1 ! mix.sink_0
  videotestsrc is-live=true pattern=solid-color foreground-color=0xffff00ff
  ! video/x-raw,width=34,height=34,framerate=10/1 ! mix.sink_1 )"""

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(PIPELINE)
factory.set_shared(True)
if len(sys.argv) > 3:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(sys.argv[2], sys.argv[3]), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("user", "media.factory.access", True)
    permissions.add_permission_for_role("user", "media.factory.construct", True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory("/1", factory)
server.attach(None)
print("ready", flush=True)
GLib.MainLoop().run()
