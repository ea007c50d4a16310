"""A WebKitGTK of our own with a profile on disk, for webkit.mjs: WebDriver's sessions are private ones, which keep nothing.

Takes calls as lines of JSON on stdin, {"id", "call", ...}, and answers on stdout, {"id", "value" or "error"}.
"""
import json
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gio, GLib, Gtk, WebKit2  # noqa: E402

# In Safari, and switched off in WebKitGTK.
FEATURES = {"StorageAPI", "StorageAPIEstimate", "RequestIdleCallback"}

profile = sys.argv[1]
answers = sys.stdout
manager = WebKit2.WebsiteDataManager(base_data_directory=f"{profile}/data", base_cache_directory=f"{profile}/cache")
context = WebKit2.WebContext.new_with_website_data_manager(manager)
context.set_preferred_languages(["en-US"])
cookies = manager.get_cookie_manager()
cookies.set_persistent_storage(f"{profile}/cookies", WebKit2.CookiePersistentStorage.SQLITE)
cookies.set_accept_policy(WebKit2.CookieAcceptPolicy.ALWAYS)
settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True)
features = WebKit2.Settings.get_all_features()
for feature in (features.get(at) for at in range(features.get_length())):
    if feature.get_identifier() in FEATURES:
        settings.set_feature_enabled(feature, True)
tabs = {}


def answer(call, **outcome):
    print(json.dumps({"id": call["id"], **outcome}), file=answers, flush=True)


def loaded(view, call):
    """Answers once the page is there, its modules included: the engine says "finished" before that."""
    rest = "if (document.readyState !== 'complete') await new Promise((done) => addEventListener('load', done))"

    def changed(view, event):
        if event == WebKit2.LoadEvent.FINISHED:
            view.disconnect(handler)
            view.call_async_javascript_function(rest, -1, None, None, None, None, evaluated, call)

    handler = view.connect("load-changed", changed)


def evaluated(view, result, call):
    try:
        answer(call, value=view.call_async_javascript_function_finish(result).to_string())
    except GLib.Error as error:
        answer(call, error=error.message)


class Calls:
    def open(call):
        view = WebKit2.WebView(web_context=context, settings=settings)
        window = Gtk.Window(default_width=1280, default_height=900)
        window.add(view)
        window.show_all()
        tabs[call["tab"]] = view
        loaded(view, call)
        view.load_uri(call["url"])

    def goto(call):
        loaded(tabs[call["tab"]], call)
        tabs[call["tab"]].load_uri(call["url"])

    def reload(call):
        loaded(tabs[call["tab"]], call)
        tabs[call["tab"]].reload()

    def back(call):
        loaded(tabs[call["tab"]], call)
        tabs[call["tab"]].go_back()

    def close(call):
        tabs.pop(call["tab"]).get_toplevel().destroy()
        answer(call)

    def evaluate(call):
        view = tabs[call["tab"]]
        view.call_async_javascript_function(call["body"], -1, None, None, None, None, evaluated, call)

    def crash(call):
        tabs[call["tab"]].terminate_web_process()
        answer(call)

    def clear_cookies(call):
        manager.clear(WebKit2.WebsiteDataTypes.COOKIES, 0, None, lambda *_: answer(call))

    def screenshot(call):
        view = tabs[call["tab"]]

        def drawn(view, result):
            view.get_snapshot_finish(result).write_to_png(call["path"])
            answer(call)

        Gtk.Settings.get_default().set_property("gtk-application-prefer-dark-theme", call["dark"])
        region, options = WebKit2.SnapshotRegion.VISIBLE, WebKit2.SnapshotOptions.NONE
        view.get_toplevel().resize(call["width"], call["height"])
        GLib.timeout_add(400, lambda: view.get_snapshot(region, options, None, drawn))


def read(stream, result):
    line, _ = stream.read_line_finish_utf8(result)
    if line is None:
        Gtk.main_quit()
        return
    call = json.loads(line)
    try:
        getattr(Calls, call["call"])(call)
    except (KeyError, AttributeError) as error:
        answer(call, error=f"{type(error).__name__}: {error}")
    stream.read_line_async(GLib.PRIORITY_DEFAULT, None, read)


lines = Gio.DataInputStream.new(Gio.UnixInputStream.new(sys.stdin.fileno(), False))
lines.read_line_async(GLib.PRIORITY_DEFAULT, None, read)
Gtk.main()
