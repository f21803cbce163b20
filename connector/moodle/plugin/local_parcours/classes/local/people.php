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

namespace local_parcours\local;

/**
 * People, found by e-mail.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class people {
    /**
     * Active accounts of the given e-mails, whatever the case.
     *
     * @param string[] $emails
     * @return int[][] user ids, by e-mail in lower case
     */
    public static function find(array $emails): array {
        global $CFG, $DB;
        $found = [];
        foreach (array_chunk(array_unique(array_map(self::key(...), $emails)), 1000) as $chunk) {
            [$in, $params] = $DB->get_in_or_equal($chunk, SQL_PARAMS_NAMED);
            $select = "LOWER(email) $in AND deleted = 0 AND suspended = 0 AND id <> :guest AND mnethostid = :host";
            $params += ['guest' => $CFG->siteguest, 'host' => $CFG->mnet_localhost_id];
            foreach ($DB->get_records_select('user', $select, $params, 'id', 'id, email') as $user) {
                $found[self::key($user->email)][] = (int) $user->id;
            }
        }
        return $found;
    }

    /**
     * The way two e-mails are compared.
     *
     * @param string $email
     * @return string
     */
    public static function key(string $email): string {
        return \core_text::strtolower(trim($email));
    }
}
