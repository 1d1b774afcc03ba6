"""Every verb on clocks. These functions are the only writers of the room's tables."""

from heliodesk.sla.actions.patience import act_on_patience, be_patient
from heliodesk.sla.actions.recount import recount
from heliodesk.sla.actions.sweep import sweep
from heliodesk.sla.actions.write import write

__all__ = ["act_on_patience", "be_patient", "recount", "sweep", "write"]
