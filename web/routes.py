"""Every address of a page, and who answers there."""

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from web.pages import (
    account,
    admin,
    agreement,
    begin,
    customs,
    demo,
    everything,
    exit,
    front,
    groups,
    health,
    help,
    invitations,
    invited,
    on_call,
    people,
    plan,
    report,
    reports,
    room,
    word,
)


def routes() -> list[BaseRoute]:
    """Every page; forms are sent to the address they are shown at, or below it."""
    of, link, at = "/groups/{group}", "/invitations/{token}", "/admin/groups/{group}/invitations"
    return [
        Route("/", front.front),
        Route("/sign-in", front.ask),
        Route("/sign-in", front.sign_in, methods=["POST"]),
        Route("/sign-out", front.sign_out, methods=["POST"]),
        Route("/goodbye", front.goodbye),
        Route("/exit", exit.by_link),
        Route("/exit", exit.by_script, methods=["POST"]),
        Route("/help", help.show),
        Route("/kept", everything.kept),
        Route("/begin/{token}", begin.ask),
        Route("/begin/{token}", begin.begin, methods=["POST"]),
        Route(link, invited.show),
        Route(link, invited.join, methods=["POST"]),
        Route(f"{link}/account", invited.account, methods=["POST"]),
        Route(f"{link}/account", invited.back),
        Route(f"{link}/sign-in", invited.ask_sign_in),
        Route(f"{link}/sign-in", invited.sign_in, methods=["POST"]),
        Route(of, groups.show),
        Route(f"{of}/meeting", groups.open_meeting, methods=["POST"]),
        Route(f"{of}/leave", groups.ask_leave),
        Route(f"{of}/leave", groups.leave, methods=["POST"]),
        Route(f"{of}/agreement", agreement.show),
        Route(f"{of}/agreement", agreement.consent, methods=["POST"]),
        Route(f"{of}/agreement/edit", agreement.ask_edit),
        Route(f"{of}/agreement/edit", agreement.edit, methods=["POST"]),
        Route(f"{of}/plan", plan.ask),
        Route(f"{of}/plan", plan.save, methods=["POST"]),
        Route(f"{of}/customs", customs.ask),
        Route(f"{of}/customs", customs.save, methods=["POST"]),
        Route(f"{of}/invitations", invitations.show),
        Route(f"{of}/invitations", invitations.invite, methods=["POST"]),
        Route(f"{of}/invitations/{{invitation}}/revoke", invitations.revoke, methods=["POST"]),
        Route(f"{of}/people", people.show),
        Route(f"{of}/people/bars/{{bar}}/lift", people.lift, methods=["POST"]),
        Route(f"{of}/reports/mine", report.mine),
        Route(f"{of}/reports", reports.listed),
        Route(f"{of}/reports/{{report}}", reports.show),
        Route(f"{of}/reports/{{report}}", reports.decide, methods=["POST"]),
        Route("/rooms/{room}/reports", report.ask),
        Route("/rooms/{room}/reports", report.send, methods=["POST"]),
        # The one page that is sent compressed: nothing secret stands in it beside what others can choose (BREACH).
        Route("/rooms/{room}", room.show, middleware=[Middleware(GZipMiddleware, minimum_size=500)]),
        Route("/rooms/{room}/word", word.send, methods=["POST"]),
        Route("/account", account.show),
        Route("/account/calm", account.calm_code),
        Route("/account/calm", account.set_calm, methods=["POST"]),
        Route("/account/password", account.change_password, methods=["POST"]),
        Route("/account/everything", everything.mine),
        Route("/account/everything.json", everything.mine_as_file),
        Route("/account/erase", everything.ask_erase),
        Route("/account/erase", everything.erase, methods=["POST"]),
        Route("/account/visits/{visit}/end", account.end_visit, methods=["POST"]),
        Route("/admin", admin.show),
        Route("/admin/groups", admin.new_group, methods=["POST"]),
        Route(at, admin.invitations),
        Route(at, admin.invite, methods=["POST"]),
        Route(f"{at}/{{invitation}}/revoke", admin.revoke, methods=["POST"]),
        Route("/admin/groups/{group}/step-in", admin.step_in, methods=["POST"]),
        Route("/admin/help-lines/{line}", admin.help_line, methods=["POST"]),
        Route("/on-call/{room}/{token}", on_call.ask),
        Route("/on-call/{room}/{token}", on_call.acknowledge, methods=["POST"]),
        Route("/admin/reports", reports.listed),
        Route("/admin/reports/{report}", reports.show),
        Route("/admin/reports/{report}", reports.decide, methods=["POST"]),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
    ]


def demo_routes() -> list[BaseRoute]:
    """Only while demonstrating: links that sign somebody in."""
    return [Route("/demo/{token}", demo.come)]
