// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

/// One symbol of an ELF file.
///
/// @param name may be empty (section symbols)
/// @param section index of the section it lies in; 0 if it is not defined in this file, 0xfff1 if absolute
/// @param value offset in that section, bytes
/// @param size bytes
/// @param type `STT_*` of elf(5)
/// @param binding `STB_*` of elf(5)
public record ElfSymbol(String name, int section, long value, long size, int type, int binding) {}
