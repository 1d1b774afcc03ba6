"""People for a bench: engineers on call round the sun with telephones, and customers who call.

``python -m bench.crew ENGINEERS CUSTOMERS`` in the environment of a desk; prints who they are.
"""

import json
import os
import sys

PASSWORD = "bench-bench-bench"
TOKEN = "asterisk-token-of-the-bench"


def main() -> None:
    """Make them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
    import django

    django.setup()
    from tests import make
    from tests.oncall import world

    from heliodesk.oncall.queries import database_time
    from heliodesk.telephony.models import Line

    engineers, customers = int(sys.argv[1]), int(sys.argv[2])
    world.desk(database_time())
    make.mailbox(address="support@meridian.example", region="UK")
    people = []
    for n in range(engineers):
        user = make.user(
            name=f"Bench Engineer {n}", password=PASSWORD, queues=("frontline-uk", "p1-hotline")
        )
        Line.objects.create(user=user, target=f"PJSIP/e{n}")
        people.append({"id": user.pk, "email": user.email, "target": f"PJSIP/e{n}"})
    callers = []
    for n in range(customers):
        identifier = f"10-7700-{n:07d}"
        account = make.account(identifier=identifier, package="gold", region="UK")
        number = f"+4420794{n:05d}"
        make.contact(account, kind="designated", phone=number)
        callers.append({"id": identifier.replace("-", ""), "number": number})
    print(json.dumps({"engineers": people, "callers": callers}))


if __name__ == "__main__":
    main()
