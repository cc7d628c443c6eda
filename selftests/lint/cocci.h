/* SPDX-License-Identifier: GPL-2.0 */
/* Words of the module that spatch would not know: for it they are nothing. Read by semantics.sh. */
#define __uninitialized
#define DSR_REASONS(x)
