"""Tags on pages: made and looked after in the settings, put on a case by a verb."""

import pytest

from heliodesk.cases import tags
from heliodesk.cases.models import Case, Tag
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    tags.forget()


def test_tags_are_made_changed_retired_and_merged(browser: Browser) -> None:
    admin = browser(role="admin")
    assert admin.post("/settings/tags/", {"name": "billing", "hue": "4"}).status_code == 302
    again = admin.post("/settings/tags/", {"name": "Billing", "hue": "4"})
    assert again.status_code == 409 and "already" in again.content.decode()
    admin.post("/settings/tags/", {"name": "invoice", "hue": "5"})
    billing, invoice = Tag.objects.get(name="billing"), Tag.objects.get(name="invoice")
    case = make.case(tags=[invoice.pk])
    page = admin.get("/settings/tags/").content.decode()
    assert page.count("tag--hue") == 2
    admin.post(f"/settings/tags/{billing.pk}/", {"name": "money", "hue": "7"})
    admin.post(f"/settings/tags/{invoice.pk}/", {"do": "merge", "into": billing.pk})
    admin.post(f"/settings/tags/{billing.pk}/retire/")
    assert admin.get(f"/settings/tags/{invoice.pk}/").status_code == 404
    page = admin.get("/settings/tags/").content.decode()
    assert "money" in page and "retired" in page and "invoice" not in page
    assert "money" in admin.get(f"/cases/{case.ref}/").content.decode()
    assert admin.post(f"/settings/tags/{billing.pk}/burn/").status_code == 404


def test_agents_do_not_look_after_tags(browser: Browser) -> None:
    assert browser().get("/settings/tags/").status_code == 403


def test_a_case_is_tagged_by_its_verb(browser: Browser) -> None:
    billing, vip = (Tag.objects.create(name=name, hue=2) for name in ("billing", "vip"))
    case, client = make.case(tags=[vip.pk]), browser()
    page = client.get(f"/cases/{case.ref}/").content.decode()
    assert f'href="/cases/{case.ref}/tag/"' in page
    form = client.get(f"/cases/{case.ref}/tag/", headers={"HX-Request": "true"}).content.decode()
    assert f'value="{vip.pk}" checked' in form
    assert f'value="{billing.pk}">' in form
    client.post(f"/cases/{case.ref}/tag/", {"had": str(vip.pk), "tags": [billing.pk]})
    assert Case.objects.get(pk=case.pk).tags == [billing.pk]
    page = client.get(f"/cases/{case.ref}/").content.decode()
    assert "Tagged <b>billing</b>, no longer tagged <b>vip</b>." in page
    same = {"had": str(billing.pk), "tags": [billing.pk]}
    assert client.post(f"/cases/{case.ref}/tag/", same).status_code == 409
