/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The CRC32c of an SCTP packet after four of its bytes changed, without reading the packet.
 *
 * A CRC is linear: the CRCs of two packets of one length differ by the CRC, begun at zero, of their difference. Where
 * only the first four bytes differ, that is the difference advanced over as many zero bytes as the packet is long,
 * which is a product of polynomials modulo the CRC's.
 */
#ifndef CULVERT_CRC32C_H
#define CULVERT_CRC32C_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#define CRC32C_POLYNOMIAL 0x82f63b78u /* bits reflected: x^0 is the highest bit */
#define CRC32C_LENGTH_BITS 17

/* Global functions, so that the verifier walks through them once and not at every call. */
__noinline __u32 crc32c_multiply(__u32 a, __u32 b)
{
	__u32 product = 0;

	for (int i = 0; i < 32; i++) {
		product ^= b & -(a >> 31);
		a <<= 1;
		b = (b >> 1) ^ (CRC32C_POLYNOMIAL & -(b & 1));
	}
	return product;
}

__noinline __u32 crc32c_advance(__u32 crc, __u32 bytes)
{
	__u32 power = 0x00800000; /* x^8: one byte; then two, four, ... */

	for (int i = 0; i < CRC32C_LENGTH_BITS; i++) {
		if (bytes >> i & 1)
			crc = crc32c_multiply(power, crc);
		power = crc32c_multiply(power, power);
	}
	return crc;
}

#endif
