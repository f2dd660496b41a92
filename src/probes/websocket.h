/** The probe `websocket`: how long a message and its reply take under load. */
#ifndef PROBES_WEBSOCKET_H
#define PROBES_WEBSOCKET_H

#include "perfbudget/probe.h"

extern const struct probe websocket_probe;

#endif
