<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\module;

use local_parcours\local\document\node;

/**
 * Text on the course page; its text is the activity's `intro`.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class label extends base {
    #[\Override]
    public function rules(): array {
        return [];
    }

    #[\Override]
    public function read_settings(node $node): array {
        $node->object([]);
        return [];
    }

    #[\Override]
    public function observe(\stdClass $instance, \stdClass $item): array {
        return [];
    }

    #[\Override]
    public function fill(\stdClass $form, array $settings): void {
    }
}
